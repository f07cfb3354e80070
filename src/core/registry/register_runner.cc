#include "core/registry/register_runner.h"

#include <utility>

#include "core/model/service_token.h"
#include "core/support/status_macros.h"

namespace runners {

absl::StatusOr<RegisteredRunner> RegisterRunner::Run(const Call& call,
                                                     const Registration& registration) {
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireWriter(call, registration.organization_id));
  faults_.Reach("register.authorized");

  Secret token = NewServiceToken(entropy_);
  const NewRunner runner{RunnerId::Parse(entropy_.NewUuid()).value(),
                         registration.name,
                         registration.organization_id,
                         registration.labels,
                         registration.capabilities,
                         RecordOf(token, entropy_.NewUuid(), hasher_)};
  RUNNERS_ASSIGN_OR_RETURN(Runner registered, store_.Register(call, runner));
  faults_.Reach("register.committed");
  return RegisteredRunner{std::move(registered), std::move(token)};
}

}  // namespace runners

#include "core/registry/register_runner.h"

#include <string>
#include <utility>

#include "core/model/service_token.h"
#include "core/support/error.h"
#include "core/support/joined_parts.h"
#include "core/support/status_macros.h"

namespace runners {
namespace {

// The digests of this are stored: its form stays as it is.
std::string AllThatIsAskedFor(const Registration& registration) {
  JoinedParts all;
  all.Add(registration.name);
  all.Add(registration.organization_id ? registration.organization_id->text() : "");
  all.AddCount(registration.labels.size());
  for (const auto& [key, value] : registration.labels) all.Add(key).Add(value);
  for (const std::string& capability : registration.capabilities) all.Add(capability);
  return all.text();
}

}  // namespace

absl::StatusOr<RegisteredRunner> RegisterRunner::Run(const Call& call,
                                                     const Registration& registration) {
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireWriter(call, registration.organization_id));
  if (registration.request_id && call.internal()) {
    return MakeError(ErrorReason::kUnauthenticated, "a request_id needs a caller it belongs to");
  }
  faults_.Reach("register.authorized");

  Secret token = NewServiceToken(entropy_);
  NewRunner runner{RunnerId::Parse(entropy_.NewUuid()).value(),
                   registration.name,
                   registration.organization_id,
                   registration.labels,
                   registration.capabilities,
                   RecordOf(token, entropy_.NewUuid(), hasher_)};
  if (registration.request_id) {
    runner.request =
        RegisterKey{*registration.request_id, hasher_.Sha256(AllThatIsAskedFor(registration))};
  }
  RUNNERS_ASSIGN_OR_RETURN(Runner registered, store_.Register(call, runner));
  faults_.Reach("register.committed");
  return RegisteredRunner{std::move(registered), std::move(token)};
}

}  // namespace runners

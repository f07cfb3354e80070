#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "core/access/authorizer.h"
#include "core/ports/call.h"
#include "core/ports/crypto.h"
#include "core/ports/fault_points.h"
#include "core/ports/runner_store.h"
#include "core/support/secret.h"

namespace runners {

// A runner to be. The values are within the bounds of core/model/runner_rules.h.
struct Registration {
  std::string name;
  std::optional<OrganizationId> organization_id;  // nothing: cluster-scoped
  Labels labels;
  std::vector<std::string> capabilities;
  std::optional<RequestId> request_id = std::nullopt;  // nothing: a repeat is another runner
};

struct RegisteredRunner {
  Runner runner;
  Secret service_token;  // to be shown once
};

// Registers a runner and issues its service token. Makes no remote call: its overlay objects are
// queued. With a request id the call may be repeated: one runner, and the last token lives.
// Thread-safe.
class RegisterRunner {
 public:
  // Everything given must outlive this.
  RegisterRunner(const Authorizer& authorizer, RunnerStore& store, Entropy& entropy,
                 const Hasher& hasher, FaultPoints& faults)
      : authorizer_(authorizer),
        store_(store),
        entropy_(entropy),
        hasher_(hasher),
        faults_(faults) {}

  // Errors: kPermissionDenied; kUnauthenticated (a request id without a caller it could belong to);
  // those of RunnerStore, of which kRequestIdUsed names the runner.
  absl::StatusOr<RegisteredRunner> Run(const Call& call, const Registration& registration);

 private:
  const Authorizer& authorizer_;
  RunnerStore& store_;
  Entropy& entropy_;
  const Hasher& hasher_;
  FaultPoints& faults_;
};

}  // namespace runners

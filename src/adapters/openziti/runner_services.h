#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/edge_client.h"
#include "adapters/openziti/owned_objects.h"
#include "adapters/openziti/repeats.h"
#include "runners/ids.h"

namespace runners::openziti {

// Name of a runner's Bind policy: `runner-<id>-bind`.
std::string BindPolicyName(const RunnerId& runner);

// The service a runner hosts and the policy that lets it, and nobody else, host it: one policy per
// runner, bound by an attribute that survives the replacement of the identity. Thread-safe.
class RunnerServices {
 public:
  // Everything given must outlive this.
  RunnerServices(EdgeClient& client, OwnedObjects& objects, const Repeats& repeats)
      : client_(client), objects_(objects), repeats_(repeats) {}

  // Overlay::EnsureRunner.
  absl::Status Ensure(const RunnerId& runner, absl::Time deadline);

 private:
  absl::StatusOr<std::string> EnsureService(const RunnerId& runner, absl::Time deadline);
  absl::Status EnsurePolicy(const RunnerId& runner, const std::string& service_id,
                            absl::Time deadline);
  absl::Status RepairPolicy(const std::string& policy_id, const RunnerId& runner,
                            const std::string& service_id, absl::Time deadline);

  EdgeClient& client_;
  OwnedObjects& objects_;
  const Repeats& repeats_;
};

}  // namespace runners::openziti

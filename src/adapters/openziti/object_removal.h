#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/edge_client.h"
#include "adapters/openziti/owned_objects.h"
#include "adapters/openziti/repeats.h"
#include "core/ports/overlay.h"
#include "runners/ids.h"

namespace runners::openziti {

// Takes away what was made for a runner, and only that: whatever does not carry our tags stays.
//
// A deleted identity may go on hosting (controllers of line 1.6 with their OIDC API on), so its
// terminators are deleted as well, and looked for once more. Thread-safe.
class ObjectRemoval {
 public:
  // Everything given must outlive this.
  ObjectRemoval(EdgeClient& client, OwnedObjects& objects, const Repeats& repeats)
      : client_(client), objects_(objects), repeats_(repeats) {}

  // Overlay::RemoveIdentity.
  absl::StatusOr<Removal> RemoveGeneration(const RunnerId& runner, std::int64_t generation,
                                           absl::Time deadline);

  // Overlay::RemoveRunner.
  absl::StatusOr<Removal> RemoveRunner(const RunnerId& runner, absl::Time deadline);

  // One identity by the controller's id, then its terminators.
  absl::StatusOr<Removal> RemoveIdentity(const std::string& identity_id, absl::Time deadline);

 private:
  using IsDoomed = std::function<bool(const EdgeObject& terminator)>;

  absl::StatusOr<Removal> RemoveAllIdentities(const RunnerId& runner, absl::Time deadline);
  absl::StatusOr<Removal> RemoveOrphanTerminators(const RunnerId& runner, absl::Time deadline);
  absl::StatusOr<Removal> RemoveServiceAndTerminators(const RunnerId& runner, absl::Time deadline);
  absl::StatusOr<Removal> RemovePolicy(const RunnerId& runner, absl::Time deadline);
  absl::StatusOr<Removal> RemoveTerminators(const std::string& filter, const IsDoomed& is_doomed,
                                            absl::Time deadline);
  absl::StatusOr<Removal> RemoveOnce(EdgeCollection collection, const std::string& id,
                                     absl::Time deadline);
  absl::StatusOr<std::vector<EdgeObject>> OurIdentities(const RunnerId& runner,
                                                        absl::Time deadline);
  absl::StatusOr<std::optional<EdgeObject>> FindOurs(EdgeCollection collection,
                                                     const std::string& name,
                                                     const RunnerId& runner, absl::Time deadline);

  EdgeClient& client_;
  OwnedObjects& objects_;
  const Repeats& repeats_;
};

}  // namespace runners::openziti

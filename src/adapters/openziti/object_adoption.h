#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/edge_client.h"
#include "adapters/openziti/owned_objects.h"
#include "adapters/openziti/repeats.h"
#include "core/ports/overlay.h"
#include "runners/ids.h"

namespace runners::openziti {

// Makes objects of the earlier service ours, each named by its id and never found by a search, so
// that nothing else of a controller can be taken by mistake. Thread-safe.
class ObjectAdoption {
 public:
  // Everything given must outlive this.
  ObjectAdoption(EdgeClient& client, OwnedObjects& objects, const Repeats& repeats)
      : client_(client), objects_(objects), repeats_(repeats) {}

  // Overlay::Adopt.
  absl::Status Adopt(const RunnerId& runner, const InheritedObjects& inherited,
                     absl::Time deadline);

 private:
  absl::Status AdoptService(const RunnerId& runner, const std::string& id, absl::Time deadline);
  absl::Status AdoptIdentity(const RunnerId& runner, const std::string& id, absl::Time deadline);
  absl::StatusOr<std::optional<EdgeObject>> FindUntagged(EdgeCollection collection,
                                                         const std::string& id,
                                                         absl::Time deadline);
  absl::Status Change(EdgeCollection collection, const EdgeObject& object, const ObjectTags& tags,
                      nlohmann::json fields, absl::Time deadline);

  EdgeClient& client_;
  OwnedObjects& objects_;
  const Repeats& repeats_;
};

}  // namespace runners::openziti

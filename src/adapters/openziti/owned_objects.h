#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/edge_client.h"
#include "adapters/openziti/edge_objects.h"
#include "runners/ids.h"

namespace runners::openziti {

// An object that is ours: just made (its id is all that is known), or found.
struct OwnedObject {
  std::string id;
  std::optional<EdgeObject> adopted;
};

// Objects by name, told apart by their tags: made by this installation for this runner, or foreign
// and not to be touched. Thread-safe. Errors: those of EdgeClient, kOverlayConflict (foreign).
class OwnedObjects {
 public:
  // `client` must outlive this.
  OwnedObjects(EdgeClient& client, std::string instance_id)
      : client_(client), instance_id_(std::move(instance_id)) {}

  const std::string& instance_id() const { return instance_id_; }

  // Ours of that name, or nothing.
  absl::StatusOr<std::optional<EdgeObject>> Find(EdgeCollection collection, const std::string& name,
                                                 const RunnerId& runner, absl::Time deadline);

  // Ours of that name, made from `fields` (which hold the name and our tags) when there is none.
  // After any failed create the name is looked up: the controller may have applied what it answered
  // with an error, or another replica was faster.
  absl::StatusOr<OwnedObject> AdoptOrCreate(EdgeCollection collection, const nlohmann::json& fields,
                                            const RunnerId& runner, absl::Time deadline);

 private:
  EdgeClient& client_;
  const std::string instance_id_;
};

}  // namespace runners::openziti

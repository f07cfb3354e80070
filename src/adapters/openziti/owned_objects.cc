#include "adapters/openziti/owned_objects.h"

#include <utility>

#include "adapters/openziti/edge_errors.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::openziti {
namespace {

// What a failed create is answered with when nobody could look what it has done. A refusal may only
// mean that another was faster: without the look it is no verdict.
absl::Status WithoutALook(const absl::Status& created, const absl::Status& look) {
  if (HasReason(look, ErrorReason::kOverlayConflict)) return look;
  return IsPassing(created) ? created : look;
}

}  // namespace

absl::StatusOr<std::optional<EdgeObject>> OwnedObjects::Find(EdgeCollection collection,
                                                             const std::string& name,
                                                             const RunnerId& runner,
                                                             absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(std::optional<EdgeObject> found,
                           client_.FindByName(collection, name, deadline));
  if (found && !IsOurs(*found, instance_id_, runner)) {
    return ConflictError("the overlay has a foreign " + std::string(NounOf(collection)) +
                         " with the name " + name);
  }
  return found;
}

absl::StatusOr<OwnedObject> OwnedObjects::AdoptOrCreate(EdgeCollection collection,
                                                        const nlohmann::json& fields,
                                                        const RunnerId& runner,
                                                        absl::Time deadline) {
  const std::string name = fields.at("name").get<std::string>();
  RUNNERS_ASSIGN_OR_RETURN(std::optional<EdgeObject> existing,
                           Find(collection, name, runner, deadline));
  if (!existing) {
    absl::StatusOr<std::string> created = client_.Create(collection, fields, deadline);
    if (created.ok()) return OwnedObject{*std::move(created), std::nullopt};
    absl::StatusOr<std::optional<EdgeObject>> made = Find(collection, name, runner, deadline);
    if (!made.ok()) return WithoutALook(created.status(), made.status());
    if (!*made) return created.status();
    existing = *std::move(made);
  }
  std::string id = existing->id;
  return OwnedObject{std::move(id), std::move(existing)};
}

}  // namespace runners::openziti

#include "adapters/openziti/object_adoption.h"

#include <utility>

#include "core/support/status_macros.h"
#include "runners/runner.h"

namespace runners::openziti {

using nlohmann::json;

absl::Status ObjectAdoption::Adopt(const RunnerId& runner, const InheritedObjects& inherited,
                                   absl::Time deadline) {
  if (!inherited.service_id.empty()) {
    RUNNERS_RETURN_IF_ERROR(AdoptService(runner, inherited.service_id, deadline));
  }
  if (inherited.identity_id.empty()) return absl::OkStatus();
  return AdoptIdentity(runner, inherited.identity_id, deadline);
}

absl::Status ObjectAdoption::AdoptService(const RunnerId& runner, const std::string& id,
                                          absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(const std::optional<EdgeObject> service,
                           FindUntagged(EdgeCollection::kServices, id, deadline));
  if (!service || service->name != OverlayServiceName(runner)) return absl::OkStatus();
  return Change(EdgeCollection::kServices, *service, {objects_.instance_id(), runner.text(), 0, ""},
                json::object(), deadline);
}

absl::Status ObjectAdoption::AdoptIdentity(const RunnerId& runner, const std::string& id,
                                           absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(const std::optional<EdgeObject> identity,
                           FindUntagged(EdgeCollection::kIdentities, id, deadline));
  // An administrator's identity is no runner's, whatever the earlier service wrote down.
  if (!identity || identity->is_admin) return absl::OkStatus();
  return Change(EdgeCollection::kIdentities, *identity,
                {objects_.instance_id(), runner.text(), kInheritedGeneration, ""},
                {{"name", IdentityKey{runner, kInheritedGeneration, ""}.name()}}, deadline);
}

absl::StatusOr<std::optional<EdgeObject>> ObjectAdoption::FindUntagged(EdgeCollection collection,
                                                                       const std::string& id,
                                                                       absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(std::optional<EdgeObject> object, repeats_.Run(deadline, [&] {
    return client_.Get(collection, id, deadline);
  }));
  if (object && TagOf(*object, kManagedByTag) == kManagedBy) return std::nullopt;
  return object;
}

// Tags are replaced as a whole: those that are there are sent along.
absl::Status ObjectAdoption::Change(EdgeCollection collection, const EdgeObject& object,
                                    const ObjectTags& tags, json fields, absl::Time deadline) {
  fields["tags"] = object.tags;
  fields["tags"].update(tags.ToJson());
  return repeats_.Run(deadline,
                      [&] { return client_.Patch(collection, object.id, fields, deadline); });
}

}  // namespace runners::openziti

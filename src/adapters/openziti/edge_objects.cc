#include "adapters/openziti/edge_objects.h"

#include "adapters/openziti/envelope.h"

namespace runners::openziti {
namespace {

using nlohmann::json;

json TagsOf(const json& row) {
  const auto found = row.find("tags");
  return found != row.end() && found->is_object() ? *found : json::object();
}

std::string OneTimeTokenOf(const json& row) {
  const auto enrollment = row.find("enrollment");
  if (enrollment == row.end() || !enrollment->is_object()) return "";
  const auto ott = enrollment->find("ott");
  return ott == enrollment->end() ? "" : TextAt(*ott, "token");
}

}  // namespace

const char* PathOf(EdgeCollection collection) {
  switch (collection) {
    case EdgeCollection::kServices:
      return "services";
    case EdgeCollection::kServicePolicies:
      return "service-policies";
    case EdgeCollection::kIdentities:
      return "identities";
    case EdgeCollection::kTerminators:
      return "terminators";
    case EdgeCollection::kAuthenticators:
      return "authenticators";
  }
  return "";
}

const char* NounOf(EdgeCollection collection) {
  switch (collection) {
    case EdgeCollection::kServices:
      return "service";
    case EdgeCollection::kServicePolicies:
      return "service policy";
    case EdgeCollection::kIdentities:
      return "identity";
    case EdgeCollection::kTerminators:
      return "terminator";
    case EdgeCollection::kAuthenticators:
      return "authenticator";
  }
  return "";
}

std::optional<EdgeObject> ObjectOf(const json& row) {
  EdgeObject object;
  object.id = TextAt(row, "id");
  if (object.id.empty()) return std::nullopt;
  object.name = TextAt(row, "name");
  object.tags = TagsOf(row);
  object.type = TextAt(row, "type");
  object.semantic = TextAt(row, "semantic");
  object.identity_roles = TextsAt(row, "identityRoles");
  object.service_roles = TextsAt(row, "serviceRoles");
  object.one_time_token = OneTimeTokenOf(row);
  const auto admin = row.find("isAdmin");
  object.is_admin = admin != row.end() && admin->is_boolean() && admin->get<bool>();
  object.host_id = TextAt(row, "hostId");
  object.certificate_pem = TextAt(row, "certPem");
  return object;
}

json ObjectTags::ToJson() const {
  json tags = {{kManagedByTag, kManagedBy}, {kInstanceTag, instance_id}, {kRunnerTag, runner_id}};
  if (generation > 0) tags[kGenerationTag] = generation;
  if (!attempt_id.empty()) tags[kAttemptTag] = attempt_id;
  return tags;
}

bool IsOurs(const EdgeObject& object, const std::string& instance_id, const RunnerId& runner) {
  return TagOf(object, kManagedByTag) == kManagedBy && TagOf(object, kInstanceTag) == instance_id &&
         TagOf(object, kRunnerTag) == runner.text();
}

std::string TagOf(const EdgeObject& object, const char* key) {
  const auto found = object.tags.find(key);
  if (found == object.tags.end()) return "";
  if (found->is_number_integer()) return std::to_string(found->get<std::int64_t>());
  return found->is_string() ? found->get<std::string>() : "";
}

}  // namespace runners::openziti

#include "app/ctl/json_text.h"

#include <nlohmann/json.hpp>

#include "app/ctl/text.h"

namespace runners::ctl {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json, JsonCharacters characters) {
  constexpr int kIndent = 2;
  return json.dump(kIndent, ' ', characters == JsonCharacters::kAscii,
                   Json::error_handler_t::replace) +
         "\n";
}

Json ToJson(const Runner& runner) {
  Json json;
  json["id"] = runner.id.text();
  json["name"] = runner.name;
  json["scope"] = runner.organization_id ? "organization" : "cluster";
  json["organization_id"] =
      runner.organization_id ? Json(runner.organization_id->text()) : Json(nullptr);
  json["status"] = std::string(RunnerStatusName(runner.status));
  json["labels"] = Json::object();
  for (const auto& [key, value] : runner.labels) json["labels"][key] = value;
  json["capabilities"] = runner.capabilities;
  json["openziti_service_name"] = OverlayServiceName(runner.id);
  json["etag"] = runner.etag;
  json["created_at"] = TimeText(runner.created_at);
  json["updated_at"] = TimeText(runner.updated_at);
  return json;
}

Json ToJson(const IdentityId& identity, Relation relation, const GrantObject& object) {
  Json json;
  json["identity_id"] = identity.text();
  json["relation"] = std::string(RelationName(relation));
  json["object"] = object.text();
  return json;
}

}  // namespace

std::string RunnerJson(const Runner& runner, JsonCharacters characters) {
  return Dump(ToJson(runner), characters);
}

std::string RunnersJson(const std::vector<Runner>& runners, JsonCharacters characters) {
  Json json = Json::array();
  for (const Runner& runner : runners) json.push_back(ToJson(runner));
  return Dump(json, characters);
}

std::string RegisteredJson(const client::Registered& registered,
                           const std::optional<std::string>& token_file,
                           JsonCharacters characters) {
  Json json;
  json["runner"] = ToJson(registered.runner);
  if (token_file) {
    json["service_token_file"] = *token_file;
  } else {
    json["service_token"] = registered.service_token;
  }
  return Dump(json, characters);
}

std::string EnrolledJson(const client::EnrolledIdentity& identity, const std::string& file,
                         JsonCharacters characters) {
  Json json;
  json["overlay_identity_id"] = identity.overlay_identity_id;
  json["service_name"] = identity.service_name;
  json["identity_file"] = file;
  return Dump(json, characters);
}

std::string SelectedJson(const client::Selected& selected, JsonCharacters characters) {
  Json json;
  json["runner"] = ToJson(selected.runner);
  if (selected.candidate_count) json["candidate_count"] = *selected.candidate_count;
  return Dump(json, characters);
}

std::string DeletedJson(const RunnerId& id) {
  Json json;
  json["id"] = id.text();
  json["deleted"] = true;
  return Dump(json, JsonCharacters::kAscii);
}

std::string GrantJson(const IdentityId& identity, Relation relation, const GrantObject& object) {
  return Dump(ToJson(identity, relation, object), JsonCharacters::kAscii);
}

std::string GrantsJson(const std::vector<Grant>& grants) {
  Json json = Json::array();
  for (const Grant& grant : grants) {
    Json row = ToJson(grant.identity_id, grant.relation, grant.object);
    row["created_at"] = TimeText(grant.created_at);
    json.push_back(std::move(row));
  }
  return Dump(json, JsonCharacters::kAscii);
}

std::string VersionJson(std::string_view version) {
  Json json;
  json["version"] = std::string(version);
  return Dump(json, JsonCharacters::kAscii);
}

}  // namespace runners::ctl

#include "tools/dev_controller/services.h"

#include <algorithm>
#include <utility>

#include "tools/dev_controller/body.h"
#include "tools/dev_controller/envelope.h"

namespace dev_controller {
namespace {

using nlohmann::json;

constexpr char kNotUnique[] = "name must be unique";

json PostureQuery(const std::string& policy_id, const std::string& type) {
  return {{"isPassing", true},
          {"policyId", policy_id},
          {"policyType", type},
          {"postureQueries", json::array()}};
}

json PermissionsOf(const std::vector<Grant>& grants) {
  json permissions = json::array();
  for (const char* type : {"Dial", "Bind"}) {
    const bool given = std::any_of(grants.begin(), grants.end(),
                                   [&](const Grant& grant) { return grant.type == type; });
    if (given) permissions.push_back(type);
  }
  return permissions;
}

}  // namespace

Services::Services(World& world)
    : Collection(world, {"services", "service", "service", "service", Table::kServices}) {}

json Services::Shown(const Store::Row& row, View view) const {
  json shown =
      BaseOf(row, "services",
             {"configs", "service-edge-router-policies", "service-policies", "terminators"});
  // For itself the management API has no permission to show, and says so in these words.
  shown["permissions"] = json::array({"Invalid"});
  shown["postureQueries"] =
      json::array({PostureQuery("dummy invalid policy: no posture checks defined", "Invalid")});
  shown["config"] = view == View::kList ? json::object() : json();
  shown["configs"] = nullptr;
  shown["maxIdleTimeMillis"] = 0;
  for (const char* field : {"encryptionRequired", "name", "roleAttributes", "terminatorStrategy"})
    shown[field] = row.at(field);
  return shown;
}

json Services::ShownTo(const std::vector<Grant>& grants, const Store::Row& row, View view) const {
  json shown = Shown(row, view);
  shown["config"] = json::object();
  shown["permissions"] = PermissionsOf(grants);
  shown["postureQueries"] = json::array();
  for (const Grant& grant : grants)
    shown["postureQueries"].push_back(PostureQuery(grant.policy_id, grant.type));
  return shown;
}

std::vector<std::string> Services::FilterableFields() const {
  return {"id",      "createdAt",         "updatedAt", "tags", "isSystem", "name", "roleAttributes",
          "configs", "terminatorStrategy"};
}

Store::Row Services::NewRow(const json& body) {
  RequireFields(body, {"encryptionRequired", "name"});
  const std::string name = TextField(body, "name");
  const std::vector<std::string> attributes = TextsField(body, "roleAttributes");
  CheckAttributes(attributes);
  CheckUnique("name", name, "", kNotUnique);
  const std::string strategy = TextField(body, "terminatorStrategy");
  return {{"name", name},
          {"encryptionRequired", BoolField(body, "encryptionRequired", true)},
          {"roleAttributes", ListOrNull(attributes)},
          {"terminatorStrategy", strategy.empty() ? "smartrouting" : strategy}};
}

Store::Row Services::Changed(Store::Row row, const json& body) {
  if (Names(body, "name")) {
    row["name"] = TextField(body, "name");
    CheckUnique("name", TextOf(row, "name"), TextOf(row, "id"), kNotUnique);
  }
  if (Names(body, "roleAttributes")) {
    const std::vector<std::string> attributes = TextsField(body, "roleAttributes");
    CheckAttributes(attributes);
    row["roleAttributes"] = ListOrNull(attributes);
  }
  if (Names(body, "encryptionRequired"))
    row["encryptionRequired"] = BoolField(body, "encryptionRequired", true);
  return row;
}

void Services::BeforeDelete(const Store::Row& row) {
  Store& store = world_.store;
  const std::string id = TextOf(row, "id");
  EraseWhere(store, Table::kTerminators, "serviceId", id);
  EraseWhere(store, Table::kSessions, "serviceId", id);
  const Store::Rows policies = store.rows(Table::kPolicies);
  for (const auto& [policy_id, policy] : policies) {
    json roles = RolesWithout(policy["serviceRoles"], id);
    if (roles == policy["serviceRoles"]) continue;
    Store::Row changed = policy;
    changed["serviceRoles"] = std::move(roles);
    store.Put(Table::kPolicies, policy_id, std::move(changed));
  }
}

void EraseWhere(Store& store, Table table, const char* field, const std::string& value) {
  std::vector<std::string> doomed;
  for (const auto& [id, row] : store.rows(table)) {
    if (HasText(row, field, value)) doomed.push_back(id);
  }
  for (const std::string& id : doomed) store.Erase(table, id);
}

}  // namespace dev_controller

#include "tools/dev_controller/policies.h"

#include <utility>

#include "tools/dev_controller/body.h"
#include "tools/dev_controller/envelope.h"

namespace dev_controller {
namespace {

using nlohmann::json;

constexpr char kNotUnique[] = "name must be unique";
// By which numbers 1.6 knows the types when it filters on them.
constexpr int kDialNumber = 1;
constexpr int kBindNumber = 2;

void CheckChoices(const json& body) {
  RequireOneOf(body, "semantic", {"AllOf", "AnyOf"});
  RequireOneOf(body, "type", {"Dial", "Bind", "Invalid"});
}

const char* PluralOf(Table table) {
  return table == Table::kServices ? "services" : "identities";
}

}  // namespace

Policies::Policies(World& world)
    : Collection(world, {"service-policies", "servicePolicy", "policy", "service-policy",
                         Table::kPolicies}) {}

json Policies::Shown(const Store::Row& row, View) const {
  json shown = BaseOf(row, "service-policies", {"identities", "posture-checks", "services"});
  for (const char* field : {"identityRoles", "name", "semantic", "serviceRoles", "type"})
    shown[field] = row.at(field);
  shown["postureCheckRoles"] = nullptr;
  shown["postureCheckRolesDisplay"] = json::array();
  shown["identityRolesDisplay"] = Displayed(row.at("identityRoles"), Table::kIdentities);
  shown["serviceRolesDisplay"] = Displayed(row.at("serviceRoles"), Table::kServices);
  return shown;
}

std::vector<std::string> Policies::FilterableFields() const {
  return {"id",   "createdAt", "updatedAt",     "tags",         "isSystem",
          "name", "semantic",  "identityRoles", "serviceRoles", "postureCheckRoles",
          "type"};
}

Store::Row Policies::NewRow(const json& body) {
  RequireFields(body, {"name", "semantic", "type"});
  CheckChoices(body);
  const std::string name = TextField(body, "name");
  CheckUnique("name", name, "", kNotUnique);
  CheckRoles(body, "identityRoles", Table::kIdentities);
  CheckRoles(body, "serviceRoles", Table::kServices);
  return {{"name", name},
          {"type", TextField(body, "type")},
          {"semantic", TextField(body, "semantic")},
          {"identityRoles", ListOrNull(TextsField(body, "identityRoles"))},
          {"serviceRoles", ListOrNull(TextsField(body, "serviceRoles"))}};
}

Store::Row Policies::Changed(Store::Row row, const json& body) {
  CheckChoices(body);
  for (const char* field : {"name", "semantic", "type"}) {
    if (Names(body, field)) row[field] = TextField(body, field);
  }
  CheckUnique("name", TextOf(row, "name"), TextOf(row, "id"), kNotUnique);
  CheckRoles(body, "identityRoles", Table::kIdentities);
  CheckRoles(body, "serviceRoles", Table::kServices);
  for (const char* field : {"identityRoles", "serviceRoles"}) {
    if (Names(body, field)) row[field] = ListOrNull(TextsField(body, field));
  }
  return row;
}

json Policies::FilterValue(const Store::Row& row, const std::string& field) const {
  if (field != "type" || world_.Is20()) return Collection::FilterValue(row, field);
  return TextOf(row, "type") == "Bind" ? kBindNumber : kDialNumber;
}

// Roles are attributes ("#...") or ids ("@...") of rows that exist.
void Policies::CheckRoles(const json& body, const char* field, Table table) const {
  std::string unknown;
  for (const std::string& role : TextsField(body, field)) {
    if (!role.starts_with('#') && !role.starts_with('@'))
      throw InvalidField(field, "a role begins with # or @", role);
    if (role.front() == '@' && world_.store.Find(table, role.substr(1)) == nullptr)
      unknown += (unknown.empty() ? "" : " ") + role.substr(1);
  }
  if (unknown.empty()) return;
  throw InvalidField(field, std::string("no ") + PluralOf(table) + " found with the given ids",
                     "[" + unknown + "]");
}

json Policies::Displayed(const json& roles, Table table) const {
  json displayed = json::array();
  if (!roles.is_array()) return displayed;
  for (const json& role : roles) {
    std::string name = role.get<std::string>();
    if (name.front() == '@') {
      const Store::Row* row = world_.store.Find(table, name.substr(1));
      if (row != nullptr) name = "@" + TextOf(*row, "name");
    }
    displayed.push_back({{"name", name}, {"role", role}});
  }
  return displayed;
}

}  // namespace dev_controller

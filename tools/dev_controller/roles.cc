#include "tools/dev_controller/roles.h"

#include <algorithm>

#include "tools/dev_controller/collection.h"

namespace dev_controller {
namespace {

using nlohmann::json;

bool HasAttribute(const Store::Row& row, const std::string& attribute) {
  const auto attributes = row.find("roleAttributes");
  return attributes != row.end() && attributes->is_array() &&
         std::find(attributes->begin(), attributes->end(), json(attribute)) != attributes->end();
}

}  // namespace

bool RolesMean(const json& roles, const std::string& semantic, const Store::Row& row) {
  if (!roles.is_array()) return false;
  bool any = false;
  bool all = true;
  bool attributes = false;
  for (const json& role : roles) {
    const std::string text = role.get<std::string>();
    if (text == "#all" || text == "@" + TextOf(row, "id")) return true;
    if (!text.starts_with('#')) continue;
    attributes = true;
    const bool has = HasAttribute(row, text.substr(1));
    any = any || has;
    all = all && has;
  }
  return attributes && (semantic == "AnyOf" ? any : all);
}

std::vector<Grant> GrantsOf(const Store& store, const Store::Row& identity,
                            const Store::Row& service) {
  std::vector<Grant> grants;
  for (const auto& [id, policy] : store.rows(Table::kPolicies)) {
    const std::string semantic = TextOf(policy, "semantic");
    if (RolesMean(policy["identityRoles"], semantic, identity) &&
        RolesMean(policy["serviceRoles"], semantic, service))
      grants.push_back({id, TextOf(policy, "type")});
  }
  return grants;
}

json RolesWithout(const json& roles, const std::string& id) {
  if (!roles.is_array()) return roles;
  json left = json::array();
  for (const json& role : roles) {
    if (role != json("@" + id)) left.push_back(role);
  }
  return left.empty() ? json() : left;
}

}  // namespace dev_controller

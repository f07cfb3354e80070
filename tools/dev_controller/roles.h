#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/dev_controller/store.h"

namespace dev_controller {

// What a policy makes of an identity and a service.
struct Grant {
  std::string policy_id;
  std::string type;  // "Bind", "Dial"
};

// Policies that let this identity use this service.
std::vector<Grant> GrantsOf(const Store& store, const Store::Row& identity,
                            const Store::Row& service);

// Whether roles ("#attribute", "@id", "#all") mean this row. `semantic` is "AnyOf" or "AllOf": all
// attributes named; ids are alternatives in both.
bool RolesMean(const nlohmann::json& roles, const std::string& semantic, const Store::Row& row);

// `roles` without "@id" where it stands; null when nothing is left.
nlohmann::json RolesWithout(const nlohmann::json& roles, const std::string& id);

}  // namespace dev_controller

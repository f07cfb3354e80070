#include "tests/support/overlay_state.h"

#include <array>
#include <map>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace runners::testing {
namespace {

using nlohmann::json;
using Sentences = std::vector<std::string>;

constexpr std::size_t kPage = 500;  // of the controller: more would be cut off

struct Rule {
  const char* broken;  // in words
  const char* query;   // one row for each runner, attempt or piece of work that breaks it
};

constexpr std::array kRules = {
    Rule{"work is queued", "SELECT action || ' ' || generation || ' of ' || runner_id FROM work"},
    Rule{"an attempt is open",
         "SELECT generation || ' of ' || runner_id FROM enrollment_attempts WHERE state = 'open'"},
    Rule{"a superseded identity is not removed",
         "SELECT generation || ' of ' || runner_id FROM overlay_identities "
         "WHERE state = 'superseded'"},
    Rule{"a deleted runner has an identity",
         "SELECT runners.id FROM runners JOIN overlay_identities AS identity "
         "ON identity.runner_id = runners.id "
         "WHERE deleted_at IS NOT NULL AND identity.state <> 'removed'"},
    Rule{"a runner's current identity is not of its completed generation",
         "SELECT runners.id FROM runners LEFT JOIN overlay_identities AS identity "
         "ON identity.runner_id = runners.id AND identity.state = 'current' "
         "WHERE deleted_at IS NULL AND completed_generation <> coalesce(identity.generation, 0)"},
    Rule{"a runner is enrolled without an identity, or has one and is not",
         "SELECT id FROM runners WHERE (status = 'enrolled') <> (completed_generation > 0)"},
    Rule{"a completed attempt has no identity, or another one has",
         "SELECT attempt.id FROM enrollment_attempts AS attempt LEFT JOIN overlay_identities AS "
         "identity ON identity.attempt_id = attempt.id "
         "WHERE (attempt.state = 'completed') <> (identity.attempt_id IS NOT NULL)"},
    Rule{"a living runner has not its one live token, or a deleted one has",
         "SELECT runners.id FROM runners LEFT JOIN service_tokens AS token "
         "ON token.runner_id = runners.id AND token.revoked_at IS NULL GROUP BY runners.id "
         "HAVING count(token.id) <> CASE WHEN runners.deleted_at IS NULL THEN 1 ELSE 0 END"},
    Rule{"a runner's own membership is not as it must be",
         "SELECT runners.id FROM runners LEFT JOIN grants ON grants.identity_id = runners.id "
         "AND grants.organization_id = runners.organization_id AND grants.relation = 'member' "
         "WHERE (grants.identity_id IS NOT NULL) "
         "<> (runners.organization_id IS NOT NULL AND deleted_at IS NULL)"},
    Rule{"a runner was not registered once and deleted once",
         "SELECT runners.id FROM runners LEFT JOIN audit "
         "ON audit.subject_kind = 'runner' AND audit.subject_id = runners.id::text "
         "GROUP BY runners.id HAVING count(*) FILTER (WHERE audit.before IS NULL) <> 1 "
         "OR count(*) FILTER (WHERE audit.after IS NULL) "
         "<> CASE WHEN runners.deleted_at IS NULL THEN 0 ELSE 1 END"},
    Rule{"a runner has not as many edits as its etag says",
         "SELECT runners.id FROM runners LEFT JOIN audit ON audit.subject_kind = 'runner' "
         "AND audit.subject_id = runners.id::text AND audit.rpc = 'UpdateRunner' "
         "GROUP BY runners.id HAVING count(audit.id) <> runners.etag - 1"},
};

// Objects of one collection by name.
using Objects = std::multimap<std::string, json>;

Objects ObjectsOf(ControllerAdmin& admin, const std::string& collection,
                  const std::string& instance) {
  const std::vector<json> rows = admin.ListByTag(collection, "instance-id", instance);
  if (rows.size() >= kPage) throw std::runtime_error("too many objects to see all of them");
  Objects objects;
  for (const json& row : rows) objects.emplace(row.at("name").get<std::string>(), row);
  return objects;
}

// Takes the one object of that name out, so that in the end only the superfluous ones are left.
json TakeOne(Objects& objects, const std::string& name, Sentences& differences) {
  const auto [begin, end] = objects.equal_range(name);
  if (begin == end) {
    differences.push_back(name + " is missing");
    return nullptr;
  }
  json object = begin->second;
  objects.erase(begin);
  return object;
}

void ComparePolicy(const json& policy, const json& service, const std::string& service_name,
                   Sentences& differences) {
  if (policy.is_null() || service.is_null()) return;
  const json identities = json::array({"#" + service_name});
  const json services = json::array({"@" + service.at("id").get<std::string>()});
  if (policy.at("identityRoles") != identities || policy.at("serviceRoles") != services) {
    differences.push_back("the policy of " + service_name +
                          " binds something else: " + policy.at("identityRoles").dump() + " " +
                          policy.at("serviceRoles").dump());
  }
}

void NameSuperfluous(const Objects& objects, const char* noun, Sentences& differences) {
  for (const auto& [name, object] : objects) {
    differences.push_back(std::string(noun) + " " + name + " is superfluous");
  }
}

}  // namespace

Sentences OpenRows(const TempDatabase& database) {
  std::string all;  // one statement, because each takes a connection of its own
  for (const Rule& rule : kRules) {
    if (!all.empty()) all += " UNION ALL ";
    all += "SELECT $$" + std::string(rule.broken) + ": $$ || broken::text FROM (" + rule.query +
           ") AS rows (broken)";
  }
  Sentences found;
  for (const pqxx::row& row : database.Query(all)) found.push_back(row[0].as<std::string>());
  return found;
}

Sentences OverlayDifferences(const TempDatabase& database, ControllerAdmin& admin) {
  const auto instance = database.Query("SELECT instance_id FROM settings")[0][0].as<std::string>();
  const pqxx::result living = database.Query(
      "SELECT runners.id, completed_generation, coalesce(overlay_id, '') FROM runners "
      "LEFT JOIN overlay_identities AS identity "
      "ON identity.runner_id = runners.id AND identity.state = 'current' "
      "WHERE deleted_at IS NULL ORDER BY runners.id");
  Objects services = ObjectsOf(admin, "services", instance);
  Objects policies = ObjectsOf(admin, "service-policies", instance);
  Objects identities = ObjectsOf(admin, "identities", instance);

  Sentences differences;
  for (const pqxx::row& runner : living) {
    const std::string name = "runner-" + runner[0].as<std::string>();
    const json service = TakeOne(services, name, differences);
    ComparePolicy(TakeOne(policies, name + "-bind", differences), service, name, differences);
    if (runner[1].as<int>() == 0) continue;
    const json identity =
        TakeOne(identities, name + "-g" + runner[1].as<std::string>(), differences);
    if (!identity.is_null() && identity.at("id") != runner[2].as<std::string>()) {
      differences.push_back("the identity of " + name + " is not the one that was answered");
    }
  }
  NameSuperfluous(services, "service", differences);
  NameSuperfluous(policies, "policy", differences);
  NameSuperfluous(identities, "identity", differences);
  return differences;
}

}  // namespace runners::testing

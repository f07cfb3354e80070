#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "runners/ids.h"

namespace runners::openziti {

// The collections of the management API this service works on.
enum class EdgeCollection {
  kServices,
  kServicePolicies,
  kIdentities,
  kTerminators,
  kAuthenticators
};

// Path segment of the collection, e.g. "service-policies".
const char* PathOf(EdgeCollection collection);
// One of it, for people, e.g. "service policy".
const char* NounOf(EdgeCollection collection);

// The fields of an object that matter here; those a collection does not have are empty.
struct EdgeObject {
  std::string id;
  std::string name;
  nlohmann::json tags;  // an object, also when there are none

  // Service policies.
  std::string type;      // "Bind", "Dial"
  std::string semantic;  // "AnyOf", "AllOf"
  std::vector<std::string> identity_roles;
  std::vector<std::string>
      service_roles;  // empty after its service was deleted (the API says null)

  // Identities.
  std::string one_time_token;  // while it waits to be enrolled
  bool is_admin = false;

  std::string host_id;          // terminators: the identity that hosts
  std::string certificate_pem;  // authenticators: leaf, then intermediates
};

// Nothing when the object has no id. Everything else may be missing.
std::optional<EdgeObject> ObjectOf(const nlohmann::json& row);

// Who made an object and for what. Keys have no dots: a filter on a dotted key finds nothing.
struct ObjectTags {
  std::string instance_id;
  std::string runner_id;
  std::int64_t generation = 0;  // identities; 0: none
  std::string attempt_id;       // identities; empty: none

  nlohmann::json ToJson() const;
};

inline constexpr char kManagedByTag[] = "managed-by";
inline constexpr char kManagedBy[] = "runners";
inline constexpr char kInstanceTag[] = "instance-id";
inline constexpr char kRunnerTag[] = "runner-id";
inline constexpr char kGenerationTag[] = "generation";
inline constexpr char kAttemptTag[] = "attempt-id";

// This installation made `object` for `runner`.
bool IsOurs(const EdgeObject& object, const std::string& instance_id, const RunnerId& runner);

// The value of a tag, a whole number as text; "" when there is none.
std::string TagOf(const EdgeObject& object, const char* key);

}  // namespace runners::openziti

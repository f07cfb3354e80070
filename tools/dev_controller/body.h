#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/dev_controller/call.h"

namespace dev_controller {

// The body of a request as JSON. Throws Refusal: 415 for another media type, 400 for what is no
// JSON object. `parameter` names the body in the latter ("service").
nlohmann::json ParsedBody(const Call& call, const std::string& parameter);

// These check fields of a body and throw Refusal as a controller does.
void RequireFields(const nlohmann::json& body, std::initializer_list<const char*> fields);
void RequireOneOf(const nlohmann::json& body, const char* field,
                  const std::vector<std::string>& values);

// The field; "" or an empty list or `otherwise` when it is absent or null. Throws Refusal when it
// has another type.
std::string TextField(const nlohmann::json& body, const char* field);
bool BoolField(const nlohmann::json& body, const char* field, bool otherwise);
std::vector<std::string> TextsField(const nlohmann::json& body, const char* field);
nlohmann::json ObjectField(const nlohmann::json& body, const char* field);  // tags: {} when absent

// Whether a change names the field.
inline bool Names(const nlohmann::json& body, const char* field) {
  return body.contains(field) && !body[field].is_null();
}

// An empty list is written as null.
nlohmann::json ListOrNull(const std::vector<std::string>& list);

// Role attributes have no `#` and no `@` in front.
void CheckAttributes(const std::vector<std::string>& attributes);

}  // namespace dev_controller

#include "tools/dev_controller/body.h"

#include <algorithm>

#include "tools/dev_controller/envelope.h"

namespace dev_controller {
namespace {

using nlohmann::json;

constexpr char kJson[] = "application/json";

// What a controller's parser says; the end of the text is the one case whose words are known.
std::string Complaint(const std::string& text, std::size_t byte) {
  if (text.empty()) return "EOF";
  return byte > text.size() ? "unexpected EOF" : "invalid character in the JSON text";
}

void CheckMediaType(const Call& call) {
  const std::string type = call.content_type.substr(0, call.content_type.find(';'));
  if (type == kJson) return;
  throw InvalidField("Content-Type",
                     "unsupported media type \"" + type + "\", only [" + kJson + "] are allowed",
                     type, 415);
}

[[noreturn]] void WrongType(const char* field, const char* wanted) {
  throw UnreadableBody("request", std::string("the field ") + field + " is not " + wanted);
}

}  // namespace

json ParsedBody(const Call& call, const std::string& parameter) {
  CheckMediaType(call);
  json body;
  try {
    body = json::parse(call.body);
  } catch (const json::parse_error& error) {
    throw UnreadableBody(parameter, Complaint(call.body, error.byte));
  }
  if (!body.is_object()) throw UnreadableBody(parameter, "it is not an object");
  return body;
}

void RequireFields(const json& body, std::initializer_list<const char*> fields) {
  for (const char* field : fields) {
    if (!Names(body, field))
      throw InvalidField(field, std::string(field) + " in body is required", "<nil>");
  }
}

void RequireOneOf(const json& body, const char* field, const std::vector<std::string>& values) {
  if (!Names(body, field)) return;
  const std::string value = TextField(body, field);
  if (std::find(values.begin(), values.end(), value) != values.end()) return;
  std::string list;
  for (const std::string& allowed : values) list += (list.empty() ? "" : " ") + allowed;
  throw InvalidField(field, std::string(field) + " in body should be one of [" + list + "]", value);
}

std::string TextField(const json& body, const char* field) {
  if (!Names(body, field)) return "";
  if (!body[field].is_string()) WrongType(field, "a string");
  return body[field].get<std::string>();
}

bool BoolField(const json& body, const char* field, bool otherwise) {
  if (!Names(body, field)) return otherwise;
  if (!body[field].is_boolean()) WrongType(field, "a boolean");
  return body[field].get<bool>();
}

std::vector<std::string> TextsField(const json& body, const char* field) {
  std::vector<std::string> texts;
  if (!Names(body, field)) return texts;
  if (!body[field].is_array()) WrongType(field, "a list of strings");
  for (const json& item : body[field]) {
    if (!item.is_string()) WrongType(field, "a list of strings");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

json ObjectField(const json& body, const char* field) {
  if (!Names(body, field)) return json::object();
  if (!body[field].is_object()) WrongType(field, "an object");
  return body[field];
}

json ListOrNull(const std::vector<std::string>& list) {
  return list.empty() ? json() : json(list);
}

void CheckAttributes(const std::vector<std::string>& attributes) {
  for (const std::string& attribute : attributes) {
    for (const char mark : {'#', '@'}) {
      if (attribute.empty() || attribute.front() != mark) continue;
      throw InvalidField("roleAttributes",
                         std::string("role attributes may not be prefixed with ") + mark,
                         attribute);
    }
  }
}

}  // namespace dev_controller

#include "adapters/openziti/envelope.h"

#include <algorithm>

namespace runners::openziti {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxCodeBytes = 40;

// A discarded value when the text is not JSON.
json Parsed(const std::string& text) {
  return json::parse(text, nullptr, /*allow_exceptions=*/false);
}

const json* Member(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

bool IsCode(const std::string& text) {
  return !text.empty() && text.size() <= kMaxCodeBytes &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

}  // namespace

std::optional<json> DataOf(const HttpResponse& response) {
  if (response.status < 200 || response.status > 299) return std::nullopt;
  json body = Parsed(response.body);
  if (!body.is_object() || !body.contains("data")) return std::nullopt;
  return std::move(body["data"]);
}

std::optional<EdgePage> PageOf(const HttpResponse& response) {
  if (response.status < 200 || response.status > 299) return std::nullopt;
  json body = Parsed(response.body);
  const json* data = Member(body, "data");
  const json* meta = Member(body, "meta");
  const json* pagination = meta == nullptr ? nullptr : Member(*meta, "pagination");
  const json* total = pagination == nullptr ? nullptr : Member(*pagination, "totalCount");
  if (data == nullptr || !data->is_array() || total == nullptr || !total->is_number_integer())
    return std::nullopt;
  EdgePage page;
  page.total = total->get<std::int64_t>();
  for (json& row : body["data"]) page.rows.push_back(std::move(row));
  return page;
}

std::string ErrorCodeOf(const HttpResponse& response) {
  const json body = Parsed(response.body);
  const json* error = Member(body, "error");
  const std::string code = TextAt(error == nullptr ? body : *error, "code");
  return IsCode(code) ? code : "";
}

bool IsNotFound(const HttpResponse& response) {
  return response.status == 404 && ErrorCodeOf(response) == "NOT_FOUND";
}

std::string TextAt(const json& object, const char* key) {
  const json* value = Member(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : "";
}

std::vector<std::string> TextsAt(const json& object, const char* key) {
  std::vector<std::string> texts;
  const json* list = Member(object, key);
  if (list == nullptr || !list->is_array()) return texts;
  for (const json& item : *list) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace runners::openziti

#include "tools/dev_controller/collection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/time/clock.h"

#include "tools/dev_controller/body.h"
#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/ids.h"
#include "tools/dev_controller/paging.h"

namespace dev_controller {

using nlohmann::json;

namespace {

constexpr std::string_view kTags = "tags.";
constexpr std::array<std::string_view, 5> kSets = {"roleAttributes", "identityRoles",
                                                   "serviceRoles", "postureCheckRoles", "configs"};

json Links(const std::string& path, const std::string& id, const std::vector<std::string>& below) {
  const std::string self = "./" + path + "/" + id;
  json links = {{"self", {{"href", self}}}};
  for (const std::string& name : below) links[name] = {{"href", self + "/" + name}};
  return links;
}

// A key with a dot in it finds nothing, as with a controller.
json TagValue(const Store::Row& row, const std::string& key) {
  const auto tags = row.find("tags");
  if (tags == row.end() || !tags->is_object() || key.find('.') != std::string::npos) return nullptr;
  const auto value = tags->find(key);
  return value == tags->end() ? json() : *value;
}

}  // namespace

Answer Collection::List(const Call& call) const {
  const ListPlan plan{
      [this](const Store::Row& row, const std::string& field) { return FieldOf(row, field); },
      [this](const Store::Row& row) { return Shown(row, View::kList); }, FilterableFields()};
  return ListAnswer(call, world_.store.rows(names_.table), plan);
}

Answer Collection::Get(const std::string& id) const {
  return DataAnswer(Shown(Found(id), View::kDetail));
}

Answer Collection::Create(const Call& call) {
  const json body = ParsedBody(call, names_.parameter);
  Store::Row row = NewRow(body);
  if (!row.contains("id")) row["id"] = NewLongId();
  row["tags"] = ObjectField(body, "tags");
  row["createdAt"] = row["updatedAt"] = Timestamp(absl::Now());
  const std::string id = TextOf(row, "id");
  world_.store.Put(names_.table, id, std::move(row));
  return CreatedAnswer(names_.path, id);
}

Answer Collection::Patch(const Call& call, const std::string& id) {
  const json body = ParsedBody(call, names_.parameter);
  Store::Row row = Changed(Found(id), body);
  if (Names(body, "tags")) row["tags"] = ObjectField(body, "tags");
  row["updatedAt"] = Timestamp(absl::Now());
  world_.store.Put(names_.table, id, std::move(row));
  return EmptyAnswer();
}

Answer Collection::Delete(const std::string& id) {
  const Store::Row row = Found(id);
  BeforeDelete(row);
  world_.store.Erase(names_.table, id);
  return EmptyAnswer();
}

std::optional<json> Collection::FieldOf(const Store::Row& row, const std::string& field) const {
  if (field.starts_with(kTags)) return TagValue(row, field.substr(kTags.size()));
  const std::vector<std::string> known = FilterableFields();
  if (std::find(known.begin(), known.end(), field) == known.end()) return std::nullopt;
  if (field == "isSystem") return false;
  json value = FilterValue(row, field);
  const bool is_set = std::find(kSets.begin(), kSets.end(), field) != kSets.end();
  return is_set && value.is_null() ? json::array() : value;
}

Store::Row Collection::NewRow(const json&) {
  throw MethodNotAllowed("POST", CollectionMethods());
}

Store::Row Collection::Changed(Store::Row, const json&) {
  throw MethodNotAllowed("PATCH", RowMethods());
}

json Collection::FilterValue(const Store::Row& row, const std::string& field) const {
  const auto value = row.find(field);
  return value == row.end() ? json() : *value;
}

const Store::Row& Collection::Found(const std::string& id) const {
  const Store::Row* row = world_.store.Find(names_.table, id);
  if (row == nullptr) throw NotFound(std::string(names_.noun) + " with id " + id + " not found");
  return *row;
}

void Collection::CheckUnique(const char* field, const std::string& value, const std::string& own_id,
                             const std::string& reason) const {
  for (const auto& [id, row] : world_.store.rows(names_.table)) {
    if (id != own_id && HasText(row, field, value)) throw InvalidField(field, reason, value);
  }
}

json BaseOf(const Store::Row& row, const std::string& path, const std::vector<std::string>& below) {
  const std::string id = TextOf(row, "id");
  return {{"_links", Links(path, id, below)},
          {"createdAt", row.value("createdAt", json())},
          {"id", id},
          {"tags", row.value("tags", json::object())},
          {"updatedAt", row.value("updatedAt", json())}};
}

json ReferenceTo(const std::string& path, const std::string& id, const std::string& name,
                 const std::vector<std::string>& below) {
  return {{"_links", Links(path, id, below)}, {"entity", path}, {"id", id}, {"name", name}};
}

std::string TextOf(const Store::Row& row, const char* key) {
  const auto value = row.find(key);
  return value != row.end() && value->is_string() ? value->get<std::string>() : "";
}

bool HasText(const Store::Row& row, const char* key, const std::string& text) {
  const auto value = row.find(key);
  return value != row.end() && value->is_string() && value->get_ref<const std::string&>() == text;
}

}  // namespace dev_controller

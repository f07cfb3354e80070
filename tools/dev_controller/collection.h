#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/dev_controller/call.h"
#include "tools/dev_controller/world.h"

namespace dev_controller {

enum class View { kList, kDetail };

// How a collection of the management API is called in its various places.
struct CollectionNames {
  const char* path;        // "service-policies"
  const char* noun;        // in "<noun> with id ... not found"
  const char* parameter;   // in complaints about a body
  const char* permission;  // of the management permissions of 2.x
  Table table;
};

// One collection of the management API: what its rows look like and how they come and go. Every
// method throws Refusal. Used under the Controller's lock.
class Collection {
 public:
  Collection(World& world, const CollectionNames& names) : world_(world), names_(names) {}
  virtual ~Collection() = default;
  Collection(const Collection&) = delete;
  Collection& operator=(const Collection&) = delete;

  const CollectionNames& names() const { return names_; }

  Answer List(const Call& call) const;
  Answer Get(const std::string& id) const;
  Answer Create(const Call& call);
  Answer Patch(const Call& call, const std::string& id);
  Answer Delete(const std::string& id);

  // Methods of the collection and of one of its rows ("GET,POST").
  virtual std::string CollectionMethods() const { return "GET,POST"; }
  virtual std::string RowMethods() const { return "DELETE,GET,PATCH"; }

  // A row as the APIs show it.
  virtual nlohmann::json Shown(const Store::Row& row, View view) const = 0;
  // How a field reads for a filter; nothing when the rows have none of that name.
  std::optional<nlohmann::json> FieldOf(const Store::Row& row, const std::string& field) const;
  virtual std::vector<std::string> FilterableFields() const = 0;

 protected:
  // The row a body asks for, without what Create adds (tags, instants); `id` is set by whoever
  // needs it. Called only for collections with POST.
  virtual Store::Row NewRow(const nlohmann::json& body);
  // `row` with the fields of `body` in it. Called only for collections with PATCH.
  virtual Store::Row Changed(Store::Row row, const nlohmann::json& body);
  // What else goes with a row.
  virtual void BeforeDelete(const Store::Row& row) = 0;
  // The field of a row that a filter means by this name.
  virtual nlohmann::json FilterValue(const Store::Row& row, const std::string& field) const;

  // The row; throws NotFound.
  const Store::Row& Found(const std::string& id) const;
  // Throws when another row has this value; `reason` says so in the collection's words.
  void CheckUnique(const char* field, const std::string& value, const std::string& own_id,
                   const std::string& reason) const;

  World& world_;

 private:
  const CollectionNames names_;
};

// {"_links":...,"createdAt":...,"id":...,"tags":...,"updatedAt":...}: what every row has. `below`
// are the collections that hang on it.
nlohmann::json BaseOf(const Store::Row& row, const std::string& path,
                      const std::vector<std::string>& below);

// A reference to a row: {"_links":...,"entity":...,"id":...,"name":...}.
nlohmann::json ReferenceTo(const std::string& path, const std::string& id, const std::string& name,
                           const std::vector<std::string>& below);

// `row[key]` as text, "" when there is none.
std::string TextOf(const Store::Row& row, const char* key);
// TextOf(row, key) == text, without the copy.
bool HasText(const Store::Row& row, const char* key, const std::string& text);

}  // namespace dev_controller

#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace dev_controller {

enum class Table {
  kServices,
  kPolicies,
  kIdentities,
  kAuthenticators,
  kTerminators,
  kRouters,
  kApiSessions,  // log-ins
  kSessions,     // permissions to dial or bind a service, of an API session
  kSettings,     // what one state folder keeps for itself: ports, certificate authority
};

// All rows, in memory and in one file of the state folder. A change is a list of rows that are
// stored or removed together: Commit appends it to the file as one line with one write, so that a
// process that is killed at any moment has every committed change, whole, when it starts again. (A
// machine that loses power may lose the last ones.) Thread-compatible.
class Store {
 public:
  using Row = nlohmann::json;
  using Rows = std::map<std::string, Row>;  // by id, which is the order lists have

  // Reads the file and writes it anew without what is history. Throws std::runtime_error when it
  // cannot be read or written or holds something else.
  explicit Store(std::string file);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const Rows& rows(Table table) const;
  const Row* Find(Table table, const std::string& id) const;  // null when it does not exist

  // Part of the change in the making; seen at once by the above.
  void Put(Table table, const std::string& id, Row row);
  void Erase(Table table, const std::string& id);

  // Throws std::runtime_error when the file cannot be written; nothing is changed then.
  void Commit();
  // Drops the change in the making.
  void Rollback();

 private:
  struct Undo {
    Table table;
    std::string id;
    Row before;  // null: the row did not exist
  };

  void Load();
  void Apply(const Row& change);
  void Compact();

  const std::string file_;
  int descriptor_ = -1;
  std::map<Table, Rows> tables_;
  std::vector<Undo> undo_;
  Row change_ = Row::array();  // [table, id, row or null] each
};

}  // namespace dev_controller

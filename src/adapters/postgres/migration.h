#pragma once

#include <span>
#include <string_view>

namespace runners::postgres {

// One step of the schema, as it stands in migrations/. Never edited once it was released: databases
// remember its checksum.
struct Migration {
  int level = 0;          // 1, 2, 3, ... without a gap
  std::string_view name;  // the file name without ".sql"
  int oldest_binary =
      1;  // the oldest level a binary must know to run on a database that has this migration
  std::string_view sql;
};

// All migrations of this binary in order, never empty.
std::span<const Migration> EmbeddedMigrations();

}  // namespace runners::postgres

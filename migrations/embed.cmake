# cmake -D FOLDER=... -D OUTPUT=... -P embed.cmake: writes the C++ source with all migrations of FOLDER.
# A migration is called NNNN_verb_object.sql, counted from 0001 without a gap, and its first line is
# "-- oldest-binary: N": the oldest level a binary must know to run on a database that has this migration.
file(GLOB files RELATIVE ${FOLDER} ${FOLDER}/*.sql)
list(SORT files)

set(rows "")
set(level 0)
foreach(file IN LISTS files)
  if(NOT file MATCHES "^([0-9][0-9][0-9][0-9])_([a-z]+_[a-z0-9_]+)\\.sql$")
    message(FATAL_ERROR "migrations/${file}: the name must be NNNN_verb_object.sql")
  endif()
  set(number ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  math(EXPR level "${level} + 1")
  string(REGEX REPLACE "^0+" "" actual "${number}")
  if(NOT actual EQUAL level)
    message(FATAL_ERROR "migrations/${file}: expected number ${level}; numbers must be unique and without a gap")
  endif()

  file(READ ${FOLDER}/${file} sql)
  if(NOT sql MATCHES "^-- oldest-binary: ([0-9]+)\n")
    message(FATAL_ERROR "migrations/${file}: the first line must be '-- oldest-binary: N'")
  endif()
  set(oldest ${CMAKE_MATCH_1})
  if(oldest LESS 1 OR oldest GREATER level)
    message(FATAL_ERROR "migrations/${file}: oldest-binary must be between 1 and ${level}")
  endif()
  string(APPEND rows "    Migration{${level}, \"${number}_${name}\", ${oldest}, R\"migration(${sql})migration\"},\n")
endforeach()
if(level EQUAL 0)
  message(FATAL_ERROR "${FOLDER} has no migrations")
endif()

file(WRITE ${OUTPUT} "// Made by migrations/embed.cmake.
#include \"adapters/postgres/migration.h\"

#include <array>

namespace runners::postgres {

std::span<const Migration> EmbeddedMigrations() {
  static constexpr std::array kMigrations = {
${rows}  };
  return kMigrations;
}

}  // namespace runners::postgres
")

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "absl/time/time.h"

#include "core/ports/crypto.h"
#include "runners/ids.h"
#include "runners/runner.h"

namespace runners::postgres {

// Between values and the text of SQL parameters and results. The functions that read throw
// (std::exception) on what our schema does not allow, and are called inside a body of Transactor
// only.

// Reads the columns of RUNNERS_RUNNER_COLUMNS (sql_columns.h).
Runner RunnerFrom(const pqxx::row& row);

// Instants are exact to the microsecond, as PostgreSQL keeps them.
absl::Time TimeFromMicros(std::int64_t micros);

// Durations travel as microseconds.
std::int64_t Micros(absl::Duration duration);

template <typename Id>
Id IdFrom(const pqxx::field& field) {
  return Id::Parse(field.c_str()).value();
}

template <typename Id>
std::optional<Id> OptionalIdFrom(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return IdFrom<Id>(field);
}

// NULL when there is none.
template <typename Id>
std::optional<std::string> Text(const std::optional<Id>& id) {
  if (!id) return std::nullopt;
  return id->text();
}

// '{a,b,c}' of uuid[]: canonical ids need no quoting.
template <typename Id>
std::string ArrayOf(const std::set<Id>& ids) {
  std::string text = "{";
  for (const Id& id : ids) {
    if (text.size() > 1) text.push_back(',');
    text += id.text();
  }
  return text + "}";
}

std::string LabelsJson(const Labels& labels);

// A JSON array of strings.
template <typename Strings>
std::string JsonArray(const Strings& strings) {
  return nlohmann::json(strings).dump();
}

// A runner as audit rows keep it.
nlohmann::json AuditJson(const Runner& runner);

}  // namespace runners::postgres

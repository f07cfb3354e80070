#include "adapters/postgres/legacy_source.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "adapters/postgres/row_mapping.h"
#include "adapters/postgres/sql_import.h"
#include "adapters/postgres/statements.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::postgres {
namespace {

using nlohmann::json;
using Transaction = pqxx::transaction_base;

constexpr std::array<std::string_view, 13> kColumns = {"id",
                                                       "name",
                                                       "organization_id",
                                                       "identity_id",
                                                       "service_token_hash",
                                                       "status",
                                                       "labels",
                                                       "capabilities",
                                                       "ziti_identity_id",
                                                       "ziti_service_id",
                                                       "ziti_service_name",
                                                       "created_at",
                                                       "updated_at"};

// Only whoever reads it can tell which of two databases a sentence is about.
absl::Status OfEarlierService(const absl::Status& status) {
  return MakeError(DetailOf(status),
                   "the earlier service's side: " + std::string(MessageOf(status)));
}

absl::Status CheckShape(Transaction& transaction) {
  std::vector<std::string> found;
  for (const pqxx::row& row : transaction.exec(sql::kLegacyColumns)) {
    found.push_back(row[0].as<std::string>());
  }
  std::string missing;
  for (const std::string_view column : kColumns) {
    if (std::find(found.begin(), found.end(), column) != found.end()) continue;
    if (!missing.empty()) missing += ", ";
    missing += column;
  }
  if (missing.empty()) return absl::OkStatus();
  if (found.empty()) {
    return absl::FailedPreconditionError(
        "the database to import from has no table runners that this user may read");
  }
  return absl::FailedPreconditionError(
      "the table runners of the database to import from is not the earlier service's: it lacks " +
      missing);
}

std::string TextOf(const pqxx::row& row, const char* column) {
  return row[column].as<std::string>("");
}

std::optional<absl::Time> TimeOf(const pqxx::row& row, const char* column) {
  if (row[column].is_null()) return std::nullopt;
  return TimeFromMicros(row[column].as<std::int64_t>());
}

// The column, or `empty` for NULL; nothing when it is not JSON (as bytes outside UTF-8 are not).
json JsonOf(const pqxx::row& row, const char* column, json empty) {
  if (row[column].is_null()) return empty;
  json value = json::parse(row[column].c_str(), nullptr, false);
  return value.is_null() ? empty : value;
}

std::optional<Labels> LabelsOf(const pqxx::row& row) {
  const json value = JsonOf(row, "labels", json::object());
  if (!value.is_object()) return std::nullopt;
  Labels labels;
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) return std::nullopt;
    labels[key] = text.get<std::string>();
  }
  return labels;
}

std::optional<std::vector<std::string>> CapabilitiesOf(const pqxx::row& row) {
  const json value = JsonOf(row, "capabilities", json::array());
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> capabilities;
  for (const json& text : value) {
    if (!text.is_string()) return std::nullopt;
    capabilities.push_back(text.get<std::string>());
  }
  return capabilities;
}

LegacyRunner LegacyRunnerFrom(const pqxx::row& row) {
  return {IdFrom<RunnerId>(row["id"]),
          TextOf(row, "name"),
          TextOf(row, "organization_id"),
          TextOf(row, "identity_id"),
          TextOf(row, "service_token_hash"),
          TextOf(row, "status"),
          LabelsOf(row),
          CapabilitiesOf(row),
          TextOf(row, "ziti_identity_id"),
          TextOf(row, "ziti_service_id"),
          TextOf(row, "ziti_service_name"),
          TimeOf(row, "created_us"),
          TimeOf(row, "updated_us")};
}

}  // namespace

absl::StatusOr<std::vector<LegacyRunner>> PostgresLegacySource::ReadAfter(
    const Call& call, const std::optional<RunnerId>& after) {
  using Page = absl::StatusOr<std::vector<LegacyRunner>>;
  absl::StatusOr<std::vector<LegacyRunner>> page =
      transactor_.Read(call, [&](Transaction& transaction) -> Page {
        if (!after) RUNNERS_RETURN_IF_ERROR(CheckShape(transaction));
        transaction.exec(sql::kTakeBytesAsTheyAre);
        std::vector<LegacyRunner> runners;
        for (const pqxx::row& row : Execute(transaction, sql::kReadLegacyRunners, Text(after))) {
          runners.push_back(LegacyRunnerFrom(row));
        }
        return runners;
      });
  if (page.ok() || absl::IsFailedPrecondition(page.status())) return page;
  return OfEarlierService(page.status());
}

}  // namespace runners::postgres

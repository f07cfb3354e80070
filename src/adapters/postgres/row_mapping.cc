#include "adapters/postgres/row_mapping.h"

#include <string_view>

namespace runners::postgres {

Runner RunnerFrom(const pqxx::row& row) {
  const auto labels = nlohmann::json::parse(row["labels"].c_str());
  const auto capabilities = nlohmann::json::parse(row["capabilities"].c_str());
  return Runner{
      IdFrom<RunnerId>(row["id"]),
      row["name"].as<std::string>(),
      OptionalIdFrom<OrganizationId>(row["organization_id"]),
      ParseRunnerStatus(row["status"].c_str()).value(),
      labels.get<Labels>(),
      capabilities.get<std::vector<std::string>>(),
      TimeFromMicros(row["created_us"].as<std::int64_t>()),
      TimeFromMicros(row["updated_us"].as<std::int64_t>()),
      row["etag"].as<std::string>(),
  };
}

absl::Time TimeFromMicros(std::int64_t micros) {
  return absl::FromUnixMicros(micros);
}

std::int64_t Micros(absl::Duration duration) {
  return absl::ToInt64Microseconds(duration);
}

std::string LabelsJson(const Labels& labels) {
  return nlohmann::json(labels).dump();
}

nlohmann::json AuditJson(const Runner& runner) {
  nlohmann::json json = {
      {"id", runner.id.text()},     {"name", runner.name},
      {"organization_id", nullptr}, {"status", RunnerStatusName(runner.status)},
      {"labels", runner.labels},    {"capabilities", runner.capabilities},
      {"etag", runner.etag},
  };
  if (runner.organization_id) json["organization_id"] = runner.organization_id->text();
  return json;
}

}  // namespace runners::postgres

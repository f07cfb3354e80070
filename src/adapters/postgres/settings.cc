#include "adapters/postgres/settings.h"

#include <optional>

namespace runners::postgres {
namespace {

constexpr char kLoadSettings[] = R"(
SELECT instance_id, page_token_key, previous_page_token_key
FROM settings
ORDER BY only_row
LIMIT 1)";

Secret KeyFrom(const pqxx::field& field) {
  return Secret(pqxx::binarystring(field).str());
}

}  // namespace

absl::StatusOr<SharedSettings> PostgresSettings::Load(const Call& call) {
  using Loaded = absl::StatusOr<SharedSettings>;
  return transactor_.Read(call, [](pqxx::transaction_base& transaction) -> Loaded {
    const pqxx::row row = transaction.exec1(kLoadSettings);
    SharedSettings settings;
    settings.instance_id = row["instance_id"].as<std::string>();
    settings.page_token_keys.current = KeyFrom(row["page_token_key"]);
    if (!row["previous_page_token_key"].is_null()) {
      settings.page_token_keys.previous = KeyFrom(row["previous_page_token_key"]);
    }
    return settings;
  });
}

}  // namespace runners::postgres

#pragma once

#include <string>

#include "runners/ids.h"
#include "tests/support/temp_postgres.h"

namespace runners::testing {

// A runner of the earlier service as SQL literals without their quotes; what is empty is NULL.
struct LegacyRow {
  std::string id;
  std::string token;  // the service token itself; its hash is what is stored
  std::string name = "runner";
  std::string organization_id{};
  std::string identity_id{};
  std::string status = "pending";
  std::string labels = "{}";
  std::string capabilities = "[]";
  std::string identity{};  // the controller's ids
  std::string service{};
  std::string service_name{};
  std::string created_at = "2024-02-29 12:34:56.123457+00";
  std::string updated_at = "2025-01-02 03:04:05.000001+00";
};

// The n-th of them, 0 <= n <= 9, with a token of its own.
LegacyRow ExampleLegacyRow(int n);
// The same, enrolled, with an identity and a service at the controller.
LegacyRow EnrolledLegacyRow(int n);
RunnerId IdOf(const LegacyRow& row);

// The hash of a token as the earlier service stores it.
std::string LegacyHash(const std::string& token);

// A database of the shape of the earlier service. Thread-compatible.
class LegacyDatabase {
 public:
  LegacyDatabase();

  void Add(const LegacyRow& row);
  pqxx::result Query(const std::string& sql) const { return database_.Query(sql); }
  Secret dsn() const { return database_.dsn(); }

 private:
  TempDatabase database_{TempDatabase::Schema::kEmpty};
};

// The statements of LegacyDatabase, for one that is made in another way.
extern const char kCreateLegacyTable[];
std::string InsertOf(const LegacyRow& row);

}  // namespace runners::testing

#include "tests/support/legacy_database.h"

#include <vector>

#include "adapters/system/crypto.h"
#include "core/support/ascii.h"
#include "runners/runner.h"

namespace runners::testing {
namespace {

std::string Literal(const std::string& text) {
  if (text.empty()) return "NULL";
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted.push_back('\'');
    quoted.push_back(c);
  }
  return quoted + "'";
}

}  // namespace

const char kCreateLegacyTable[] = R"(
CREATE TABLE runners (
  id uuid PRIMARY KEY, name text, organization_id uuid, identity_id uuid, service_token_hash text,
  status text, labels jsonb, capabilities jsonb, ziti_identity_id text, ziti_service_id text,
  ziti_service_name text, created_at timestamptz, updated_at timestamptz))";

LegacyRow ExampleLegacyRow(int n) {
  LegacyRow row;
  row.id = "dddddddd-0000-4000-8000-00000000000" + std::to_string(n);
  row.token = std::string(63, 'f') + std::to_string(n);
  row.identity_id = row.id;
  return row;
}

LegacyRow EnrolledLegacyRow(int n) {
  LegacyRow row = ExampleLegacyRow(n);
  row.status = "enrolled";
  row.identity = "identity-" + std::to_string(n);
  row.service = "service-" + std::to_string(n);
  row.service_name = OverlayServiceName(IdOf(row));
  return row;
}

RunnerId IdOf(const LegacyRow& row) {
  return RunnerId::Parse(row.id).value();
}

std::string LegacyHash(const std::string& token) {
  return Hex(system::OpenSslHasher().Sha256(token));
}

std::string InsertOf(const LegacyRow& row) {
  const std::string hash = row.token.empty() ? "" : LegacyHash(row.token);
  std::string values;
  for (const std::string* value :
       {&row.id, &row.name, &row.organization_id, &row.identity_id, &hash, &row.status, &row.labels,
        &row.capabilities, &row.identity, &row.service, &row.service_name, &row.created_at,
        &row.updated_at}) {
    values += (values.empty() ? "" : ", ") + Literal(*value);
  }
  return "INSERT INTO runners VALUES (" + values + ")";
}

LegacyDatabase::LegacyDatabase() {
  database_.Query(kCreateLegacyTable);
}

void LegacyDatabase::Add(const LegacyRow& row) {
  database_.Query(InsertOf(row));
}

}  // namespace runners::testing

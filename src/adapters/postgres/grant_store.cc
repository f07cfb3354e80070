#include "adapters/postgres/grant_store.h"

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/postgres/records.h"
#include "adapters/postgres/row_mapping.h"
#include "adapters/postgres/sql_grants.h"
#include "adapters/postgres/statements.h"
#include "core/support/error.h"

namespace runners::postgres {
namespace {

using Transaction = pqxx::transaction_base;

Grant GrantFrom(const pqxx::row& row) {
  return {IdFrom<IdentityId>(row["identity_id"]),
          ParseRelation(row["relation"].c_str()).value(),
          {OptionalIdFrom<OrganizationId>(row["organization_id"])},
          TimeFromMicros(row["created_us"].as<std::int64_t>())};
}

// The columns of a cursor, all NULL without one.
struct CursorColumns {
  std::optional<std::int64_t> created_us;
  std::optional<std::string> identity;
  std::optional<std::string> relation;
  std::optional<std::string> object;
};

CursorColumns ColumnsOf(const std::optional<GrantCursor>& after) {
  if (!after) return {};
  return {absl::ToUnixMicros(after->created_at), after->identity_id.text(),
          std::string(RelationName(after->relation)), after->object};
}

void AddGrant(const pqxx::row& row, CallerAccess& access) {
  const Relation relation = ParseRelation(row["relation"].c_str()).value();
  const auto organization = OptionalIdFrom<OrganizationId>(row["organization_id"]);
  switch (relation) {
    case Relation::kAdmin:
      access.cluster_admin = true;
      return;
    case Relation::kOwner:
      access.owner_of.insert(organization.value());
      return;
    case Relation::kMember:
      access.member_of.insert(organization.value());
      return;
  }
}

}  // namespace

absl::Status PostgresGrantStore::Put(const Call& call, const Grant& grant) {
  return transactor_.Write(call, [&](Transaction& transaction) {
    InsertGrant(transaction, call, grant);  // one that exists stays as it is
    return absl::OkStatus();
  });
}

absl::Status PostgresGrantStore::Delete(const Call& call, const Grant& grant) {
  return transactor_.Write(call, [&](Transaction& transaction) {
    if (DeleteGrant(transaction, call, grant)) return absl::OkStatus();
    return MakeError(ErrorReason::kGrantNotFound, "grant not found");
  });
}

absl::StatusOr<std::vector<Grant>> PostgresGrantStore::List(const Call& call,
                                                            const GrantQuery& query) {
  const CursorColumns after = ColumnsOf(query.after);
  std::optional<std::string> object;
  if (query.object) object = query.object->text();
  using Page = absl::StatusOr<std::vector<Grant>>;
  return transactor_.Read(call, [&](Transaction& transaction) -> Page {
    const pqxx::result rows =
        Execute(transaction, sql::kListGrants, object, Text(query.identity_id), after.created_us,
                after.identity, after.relation, after.object, query.limit);
    std::vector<Grant> grants;
    grants.reserve(rows.size());
    for (const pqxx::row& row : rows) grants.push_back(GrantFrom(row));
    return grants;
  });
}

absl::StatusOr<CallerAccess> PostgresAccessChecker::AccessOf(const Call& call,
                                                             const IdentityId& identity) {
  return transactor_.Read(call, [&](Transaction& transaction) -> absl::StatusOr<CallerAccess> {
    CallerAccess access;
    for (const pqxx::row& row : Execute(transaction, sql::kAccessOfIdentity, identity.text())) {
      AddGrant(row, access);
    }
    for (const OrganizationId& organization : access.owner_of) access.member_of.erase(organization);
    return access;
  });
}

}  // namespace runners::postgres

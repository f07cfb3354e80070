#include "adapters/postgres/records.h"

#include <optional>
#include <stdexcept>

#include "adapters/postgres/row_mapping.h"
#include "adapters/postgres/sql_shared.h"
#include "adapters/postgres/statements.h"

namespace runners::postgres {
namespace {

std::optional<std::string> TextOrNull(const nlohmann::json& json) {
  if (json.is_null()) return std::nullopt;
  return json.dump();
}

std::string GrantSubject(const Grant& grant) {
  return grant.identity_id.text() + " " + std::string(RelationName(grant.relation)) + " " +
         grant.object.text();
}

nlohmann::json GrantJson(const Grant& grant) {
  return {{"identity_id", grant.identity_id.text()},
          {"relation", RelationName(grant.relation)},
          {"object", grant.object.text()}};
}

}  // namespace

void WriteAudit(pqxx::transaction_base& transaction, const Call& call, const AuditRecord& record) {
  Execute(transaction, sql::kInsertAudit, Text(call.caller), call.rpc, call.request_id,
          std::string(record.subject_kind), record.subject_id, TextOrNull(record.before),
          TextOrNull(record.after));
}

std::string OverlayActionName(OverlayAction action) {
  switch (action) {
    case OverlayAction::kEnsureRunner:
      return "ensure_runner";
    case OverlayAction::kRemoveIdentity:
      return "remove_identity";
    case OverlayAction::kRemoveRunner:
      return "remove_runner";
  }
  throw std::logic_error("unknown overlay action");
}

OverlayAction ParseOverlayAction(std::string_view name) {
  for (const OverlayAction action : {OverlayAction::kEnsureRunner, OverlayAction::kRemoveIdentity,
                                     OverlayAction::kRemoveRunner}) {
    if (OverlayActionName(action) == name) return action;
  }
  throw std::invalid_argument("unknown overlay action");
}

void QueueOverlayWork(pqxx::transaction_base& transaction, OverlayAction action,
                      const RunnerId& runner, std::int64_t generation) {
  Execute(transaction, sql::kQueueOverlayWork, OverlayActionName(action), runner.text(),
          generation);
}

std::optional<InheritedObjects> InheritedFrom(const pqxx::row& row) {
  InheritedObjects inherited{row["overlay_service_id"].as<std::string>(""),
                             row["overlay_identity_id"].as<std::string>("")};
  if (inherited == InheritedObjects{}) return std::nullopt;
  return inherited;
}

std::optional<Grant> OwnMembership(const RunnerId& id,
                                   const std::optional<OrganizationId>& organization) {
  if (!organization) return std::nullopt;
  return Grant{IdentityId::Parse(id.text()).value(), Relation::kMember, {organization}, {}};
}

bool InsertGrant(pqxx::transaction_base& transaction, const Call& call, const Grant& grant) {
  const pqxx::result inserted = Execute(transaction, sql::kInsertGrant, grant.identity_id.text(),
                                        std::string(RelationName(grant.relation)),
                                        Text(grant.object.organization_id), Text(call.caller));
  if (inserted.empty()) return false;
  WriteAudit(transaction, call, {"grant", GrantSubject(grant), nullptr, GrantJson(grant)});
  return true;
}

bool DeleteGrant(pqxx::transaction_base& transaction, const Call& call, const Grant& grant) {
  const pqxx::result deleted =
      Execute(transaction, sql::kDeleteGrant, grant.identity_id.text(),
              std::string(RelationName(grant.relation)), grant.object.text());
  if (deleted.affected_rows() == 0) return false;
  WriteAudit(transaction, call, {"grant", GrantSubject(grant), GrantJson(grant), nullptr});
  return true;
}

}  // namespace runners::postgres

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "core/ports/call.h"
#include "core/ports/enrollment_store.h"
#include "runners/grant.h"
#include "runners/ids.h"

namespace runners::postgres {

// What several stores write into the transaction of a change. All of it throws what pqxx throws.

// Who changed what. A JSON null for `before`: it was made; for `after`: it is gone. Never a secret
// in either.
struct AuditRecord {
  std::string_view subject_kind;  // "runner" or "grant"
  std::string subject_id;
  nlohmann::json before;
  nlohmann::json after;
};
void WriteAudit(pqxx::transaction_base& transaction, const Call& call, const AuditRecord& record);

// "ensure_runner", "remove_identity", "remove_runner": the words of table work.
std::string OverlayActionName(OverlayAction action);
OverlayAction ParseOverlayAction(std::string_view name);

// The one way overlay work gets into the queue. `generation`: of kRemoveIdentity, else 0.
void QueueOverlayWork(pqxx::transaction_base& transaction, OverlayAction action,
                      const RunnerId& runner, std::int64_t generation);

// What an imported runner has in the overlay that is not ours yet, from a row with the columns
// overlay_service_id and overlay_identity_id of table imported_runners.
std::optional<InheritedObjects> InheritedFrom(const pqxx::row& row);

// The grant an org-scoped runner has as long as it lives.
std::optional<Grant> OwnMembership(const RunnerId& id,
                                   const std::optional<OrganizationId>& organization);

// Adds or removes a grant with its audit row; false, and nothing written, when there was nothing to
// change.
bool InsertGrant(pqxx::transaction_base& transaction, const Call& call, const Grant& grant);
bool DeleteGrant(pqxx::transaction_base& transaction, const Call& call, const Grant& grant);

}  // namespace runners::postgres

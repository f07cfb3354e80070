#pragma once

#include <optional>
#include <set>
#include <vector>

#include "absl/status/statusor.h"

#include "core/ports/call.h"
#include "runners/grant.h"
#include "runners/ids.h"

namespace runners {

// What an identity may do. An owner is a member; a cluster admin counts as owner everywhere.
struct CallerAccess {
  bool cluster_admin = false;
  std::set<OrganizationId> owner_of;
  std::set<OrganizationId> member_of;  // without those of `owner_of`
};

// Answers who may do what. Thread-safe. Errors: those of the store behind it, all of them passing.
class AccessChecker {
 public:
  virtual ~AccessChecker() = default;
  virtual absl::StatusOr<CallerAccess> AccessOf(const Call& call, const IdentityId& identity) = 0;
};

// Where a page of grants starts: strictly after this grant.
struct GrantCursor {
  absl::Time created_at;
  IdentityId identity_id;
  Relation relation = Relation::kMember;
  std::string object;

  bool operator==(const GrantCursor&) const = default;
};

struct GrantQuery {
  std::optional<GrantObject> object;
  std::optional<IdentityId> identity_id;
  std::optional<GrantCursor> after;
  int limit = 50;  // 1 to 101
};

// The grants this service keeps itself. Every change writes its audit row in the same transaction.
// Thread-safe. Errors: as RunnerStore.
class GrantStore {
 public:
  virtual ~GrantStore() = default;

  // Idempotent: a grant that exists keeps its created_at. `grant.created_at` is ignored.
  virtual absl::Status Put(const Call& call, const Grant& grant) = 0;

  // Errors: kGrantNotFound.
  virtual absl::Status Delete(const Call& call, const Grant& grant) = 0;

  // Ordered by (created_at, identity, relation, object).
  virtual absl::StatusOr<std::vector<Grant>> List(const Call& call, const GrantQuery& query) = 0;
};

}  // namespace runners

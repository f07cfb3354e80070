#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

#include "runners/ids.h"

namespace runners {

// What an identity may be to an object. `admin` exists on the cluster only, the others on
// organizations only.
enum class Relation { kAdmin, kOwner, kMember };

// "admin", "owner", "member".
std::string_view RelationName(Relation relation);
std::optional<Relation> ParseRelation(std::string_view name);

// The object of a grant: one organization, or the whole cluster when there is none.
struct GrantObject {
  std::optional<OrganizationId> organization_id;

  // "cluster:global" or "organization:<uuid>".
  std::string text() const;
  static std::optional<GrantObject> Parse(std::string_view text);

  bool operator==(const GrantObject&) const = default;
};

// One row of who may do what.
struct Grant {
  IdentityId identity_id;
  Relation relation = Relation::kMember;
  GrantObject object;
  absl::Time created_at;  // microseconds

  bool operator==(const Grant&) const = default;
};

}  // namespace runners

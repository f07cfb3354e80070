#include "adapters/openziti/object_removal.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "adapters/openziti/edge_errors.h"
#include "adapters/openziti/filter.h"
#include "adapters/openziti/runner_services.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"
#include "runners/runner.h"

namespace runners::openziti {
namespace {

Removal Either(Removal a, Removal b) {
  return a == Removal::kRemoved ? a : b;
}

bool EveryOne(const EdgeObject&) {
  return true;
}

}  // namespace

absl::StatusOr<Removal> ObjectRemoval::RemoveGeneration(const RunnerId& runner,
                                                        std::int64_t generation,
                                                        absl::Time deadline) {
  const std::string name = IdentityKey{runner, generation, ""}.name();
  RUNNERS_ASSIGN_OR_RETURN(const std::optional<EdgeObject> identity,
                           FindOurs(EdgeCollection::kIdentities, name, runner, deadline));
  if (identity) return RemoveIdentity(identity->id, deadline);
  // Perhaps an earlier try came no further than the identity itself.
  return RemoveOrphanTerminators(runner, deadline);
}

absl::StatusOr<Removal> ObjectRemoval::RemoveRunner(const RunnerId& runner, absl::Time deadline) {
  // A foreign object in one place does not keep ours in the others.
  absl::Status conflict;
  Removal result = Removal::kNothingThere;
  const auto steps = {&ObjectRemoval::RemoveAllIdentities,
                      &ObjectRemoval::RemoveServiceAndTerminators, &ObjectRemoval::RemovePolicy};
  for (const auto step : steps) {
    const absl::StatusOr<Removal> removed = (this->*step)(runner, deadline);
    if (removed.ok()) {
      result = Either(result, *removed);
      continue;
    }
    if (!HasReason(removed.status(), ErrorReason::kOverlayConflict)) return removed.status();
    conflict = removed.status();
  }
  if (!conflict.ok()) return conflict;
  return result;
}

absl::StatusOr<Removal> ObjectRemoval::RemoveIdentity(const std::string& identity_id,
                                                      absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(const Removal identity,
                           RemoveOnce(EdgeCollection::kIdentities, identity_id, deadline));
  RUNNERS_ASSIGN_OR_RETURN(const Removal terminators,
                           RemoveTerminators(Equals("hostId", identity_id), EveryOne, deadline));
  return Either(identity, terminators);
}

absl::StatusOr<Removal> ObjectRemoval::RemoveAllIdentities(const RunnerId& runner,
                                                           absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(const std::vector<EdgeObject> identities,
                           OurIdentities(runner, deadline));
  Removal result = Removal::kNothingThere;
  for (const EdgeObject& identity : identities) {
    RUNNERS_ASSIGN_OR_RETURN(const Removal removed, RemoveIdentity(identity.id, deadline));
    result = Either(result, removed);
  }
  return result;
}

absl::StatusOr<Removal> ObjectRemoval::RemoveOrphanTerminators(const RunnerId& runner,
                                                               absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(
      const std::optional<EdgeObject> service,
      FindOurs(EdgeCollection::kServices, OverlayServiceName(runner), runner, deadline));
  if (!service) return Removal::kNothingThere;
  RUNNERS_ASSIGN_OR_RETURN(const std::vector<EdgeObject> identities,
                           OurIdentities(runner, deadline));
  std::set<std::string> living;
  for (const EdgeObject& identity : identities) living.insert(identity.id);
  // A row without a host is none of our identities' doing.
  const IsDoomed hosted_by_nobody = [&](const EdgeObject& terminator) {
    return !terminator.host_id.empty() && living.count(terminator.host_id) == 0;
  };
  return RemoveTerminators(Equals("service", service->id), hosted_by_nobody, deadline);
}

absl::StatusOr<Removal> ObjectRemoval::RemoveServiceAndTerminators(const RunnerId& runner,
                                                                   absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(
      const std::optional<EdgeObject> service,
      FindOurs(EdgeCollection::kServices, OverlayServiceName(runner), runner, deadline));
  if (!service) return Removal::kNothingThere;
  RUNNERS_RETURN_IF_ERROR(
      RemoveTerminators(Equals("service", service->id), EveryOne, deadline).status());
  return RemoveOnce(EdgeCollection::kServices, service->id, deadline);
}

absl::StatusOr<Removal> ObjectRemoval::RemovePolicy(const RunnerId& runner, absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(
      const std::optional<EdgeObject> policy,
      FindOurs(EdgeCollection::kServicePolicies, BindPolicyName(runner), runner, deadline));
  if (!policy) return Removal::kNothingThere;
  return RemoveOnce(EdgeCollection::kServicePolicies, policy->id, deadline);
}

absl::StatusOr<Removal> ObjectRemoval::RemoveTerminators(const std::string& filter,
                                                         const IsDoomed& is_doomed,
                                                         absl::Time deadline) {
  Removal result = Removal::kNothingThere;
  // The second look finds what came while the first was cleared away.
  for (int look = 0; look < 3; ++look) {
    RUNNERS_ASSIGN_OR_RETURN(std::vector<EdgeObject> rows, repeats_.Run(deadline, [&] {
      return client_.List(EdgeCollection::kTerminators, filter, deadline);
    }));
    const auto spared = std::partition(rows.begin(), rows.end(), is_doomed);
    rows.erase(spared, rows.end());
    if (rows.empty()) return result;
    for (const EdgeObject& row : rows) {
      RUNNERS_RETURN_IF_ERROR(RemoveOnce(EdgeCollection::kTerminators, row.id, deadline).status());
    }
    result = Removal::kRemoved;
  }
  return UnavailableError("terminators of a removed overlay identity keep coming back");
}

absl::StatusOr<Removal> ObjectRemoval::RemoveOnce(EdgeCollection collection, const std::string& id,
                                                  absl::Time deadline) {
  return repeats_.Run(deadline, [&] { return client_.Delete(collection, id, deadline); });
}

absl::StatusOr<std::vector<EdgeObject>> ObjectRemoval::OurIdentities(const RunnerId& runner,
                                                                     absl::Time deadline) {
  const std::string filter = Equals(std::string("tags.") + kRunnerTag, runner.text());
  RUNNERS_ASSIGN_OR_RETURN(std::vector<EdgeObject> identities, repeats_.Run(deadline, [&] {
    return client_.List(EdgeCollection::kIdentities, filter, deadline);
  }));
  std::erase_if(identities, [&](const EdgeObject& identity) {
    return !IsOurs(identity, objects_.instance_id(), runner);
  });
  return identities;
}

absl::StatusOr<std::optional<EdgeObject>> ObjectRemoval::FindOurs(EdgeCollection collection,
                                                                  const std::string& name,
                                                                  const RunnerId& runner,
                                                                  absl::Time deadline) {
  return repeats_.Run(deadline, [&] { return objects_.Find(collection, name, runner, deadline); });
}

}  // namespace runners::openziti

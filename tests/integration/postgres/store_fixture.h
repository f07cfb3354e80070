#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "adapters/postgres/enrollment_store.h"
#include "adapters/postgres/grant_store.h"
#include "adapters/postgres/overlay_queue.h"
#include "adapters/postgres/runner_store.h"
#include "adapters/postgres/selection_index.h"
#include "core/support/error.h"
#include "tests/support/database_rig.h"
#include "tests/support/fails.h"

namespace runners::testing {

inline const OrganizationId kAcme =
    OrganizationId::Parse("aaaaaaaa-0000-4000-8000-000000000001").value();
inline const OrganizationId kGlobex =
    OrganizationId::Parse("bbbbbbbb-0000-4000-8000-000000000002").value();
inline const IdentityId kAlice = IdentityId::Parse("cccccccc-0000-4000-8000-000000000003").value();

// All stores on one database. Thread-safe but for the parts of DatabaseRig that are not.
struct Stores {
  DatabaseRig rig;
  postgres::PostgresRunnerStore runners{rig.transactor()};
  postgres::PostgresSelectionIndex selection{rig.transactor()};
  postgres::PostgresEnrollmentStore enrollment{rig.transactor()};
  postgres::PostgresOverlayQueue queue{rig.transactor()};
  postgres::PostgresGrantStore grants{rig.transactor()};
  postgres::PostgresAccessChecker access{rig.transactor()};

  Stores() = default;
  explicit Stores(postgres::ConnectionOptions options) : rig(std::move(options)) {}

  Call call() { return rig.CallBy(kAlice); }

  NewRunner Described(const std::string& name) {
    const std::string id = rig.entropy().NewUuid();
    return {RunnerId::Parse(id).value(),
            name,
            std::nullopt,
            {},
            {},
            {rig.entropy().NewUuid(), rig.hasher().Sha256(id), id.substr(0, 8)}};
  }

  Runner Registered(const NewRunner& description) {
    return runners.Register(call(), description).value();
  }
  Runner Registered(const std::string& name) { return Registered(Described(name)); }

  // The digest of the token Described gave this runner.
  Sha256Digest DigestOf(const RunnerId& id) { return rig.hasher().Sha256(id.text()); }

  EnrollmentAttempt Begun(const RunnerId& id, absl::Duration lease = absl::Minutes(1)) {
    return enrollment.Begin(call(), DigestOf(id), rig.entropy().NewUuid(), lease).value();
  }

  Runner Enrolled(const RunnerId& id) {
    return enrollment.Complete(call(), Begun(id), "overlay-id").value();
  }

  // Work that waits, as "action generation", in order.
  std::string Queued(const RunnerId& id) {
    return rig.Value(
        "SELECT coalesce(string_agg(action || ' ' || generation, ', ' ORDER BY action, "
        "generation), '')"
        " FROM work WHERE runner_id = '" +
        id.text() + "'");
  }
};

}  // namespace runners::testing

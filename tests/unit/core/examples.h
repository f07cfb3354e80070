#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

#include "core/ports/access.h"
#include "core/ports/call.h"
#include "runners/ids.h"
#include "runners/runner.h"

namespace runners::testing {

// Values for tests of the use cases.

inline const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// The n-th id of its kind, 0 <= n <= 9.
template <typename Id>
Id Example(int n) {
  return Id::Parse("00000000-0000-4000-8000-00000000000" + std::to_string(n)).value();
}

inline const OrganizationId kAcme = Example<OrganizationId>(1);
inline const OrganizationId kGlobex = Example<OrganizationId>(2);
inline const IdentityId kAlice = Example<IdentityId>(3);
inline const IdentityId kBob = Example<IdentityId>(4);

// A call with a minute left.
inline Call CallBy(const std::optional<IdentityId>& caller) {
  return {"Test", "00000000-0000-4000-8000-00000000cafe", caller, kNow + absl::Minutes(1)};
}
inline Call InternalCall() {
  return CallBy(std::nullopt);
}

// The n-th runner, made n microseconds after the first.
inline Runner ExampleRunner(int n, const std::optional<OrganizationId>& organization = {}) {
  Runner runner{Example<RunnerId>(n),
                "runner " + std::to_string(n),
                organization,
                RunnerStatus::kEnrolled,
                {{"region", "eu"}},
                {"docker"},
                kNow + absl::Microseconds(n),
                kNow + absl::Microseconds(n),
                "1"};
  return runner;
}

inline CallerAccess AdminAccess() {
  return {true, {}, {}};
}
inline CallerAccess OwnerAccess(const OrganizationId& organization) {
  return {false, {organization}, {}};
}
inline CallerAccess MemberAccess(const OrganizationId& organization) {
  return {false, {}, {organization}};
}

}  // namespace runners::testing

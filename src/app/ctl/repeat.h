#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "app/ctl/world.h"
#include "runners/client.h"

namespace runners::ctl {

// For how long a call may be repeated, and how long each may take.
struct Patience {
  absl::Duration limit;  // zero: it is made once
  absl::Duration each;
};

// Enrolls with a time limit.
using EnrollCall = std::function<absl::StatusOr<client::EnrolledIdentity>(absl::Duration timeout)>;

// Repeats the call while it is answered kUnavailable: after 1 s doubling to 15 s, and never sooner
// than the answer allows. Says so on `world.err`. The last failure is the answer when the limit
// would be over before another call.
absl::StatusOr<client::EnrolledIdentity> RepeatWhileUnavailable(const Patience& patience,
                                                                const World& world,
                                                                const EnrollCall& call);

}  // namespace runners::ctl

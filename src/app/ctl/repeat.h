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

// Calls with a time limit.
using RegisterCall = std::function<absl::StatusOr<client::Registered>(absl::Duration timeout)>;
using EnrollCall = std::function<absl::StatusOr<client::EnrolledIdentity>(absl::Duration timeout)>;

// Repeats the call after kUnavailable and kUnknown (it may have been carried out; enrolling again
// does no harm): after 1 s doubling to 15 s, and never sooner than the answer allows. Says so on
// `world.err`. The last failure is the answer when the limit would be over before another call.
absl::StatusOr<client::EnrolledIdentity> RepeatEnrollment(const Patience& patience,
                                                          const World& world,
                                                          const EnrollCall& call);

// The same for a registration with a request id, which is made three times at most.
absl::StatusOr<client::Registered> RepeatRegistration(const Patience& patience, const World& world,
                                                      const RegisterCall& call);

}  // namespace runners::ctl

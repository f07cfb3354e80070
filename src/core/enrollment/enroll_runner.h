#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/ports/call.h"
#include "core/ports/clock.h"
#include "core/ports/crypto.h"
#include "core/ports/enrollment_store.h"
#include "core/ports/fault_points.h"
#include "core/ports/overlay.h"
#include "core/support/secret.h"

namespace runners {

// An enrollment as it was asked for.
struct Enrollment {
  Secret token;
  std::optional<std::string> certificate_request;  // PEM, judged good; nothing: a key is made here
};

struct EnrolledRunner {
  Runner runner;
  Secret identity_file;  // answered once, never stored or logged
  std::string service_name;
  std::string overlay_id;  // the controller's id of the new identity
  std::int64_t generation = 0;
};

struct EnrollmentOptions {
  absl::Duration timeout =
      absl::Minutes(2);  // of one enrollment, when the caller's deadline is later
};

// Trades a service token for an overlay identity. The same token enrolls again and again; each time
// there is a new identity, and the one before it goes. Thread-safe.
//
// Steps, and what repairs a crash after each: attempt row with a lease (the worker closes it when
// the lease ends) → service and policy (the worker ensures them anyway) → identity (removed by the
// worker when the attempt is closed) → completion, one transaction (the answer is lost: the runner
// enrolls again and this identity goes).
class EnrollRunner {
 public:
  // Everything given must outlive this.
  EnrollRunner(EnrollmentStore& store, Overlay& overlay, Entropy& entropy, const Hasher& hasher,
               const Clock& clock, FaultPoints& faults, EnrollmentOptions options)
      : store_(store),
        overlay_(overlay),
        entropy_(entropy),
        hasher_(hasher),
        clock_(clock),
        faults_(faults),
        options_(options) {}

  // Answers at least 500 ms before `call.deadline`. All passing trouble is UNAVAILABLE with a time
  // to retry after, whatever code its reason has elsewhere: the clients in the field retry only
  // that and UNKNOWN. Errors: kInvalidArgument (no token), kServiceTokenNotFound,
  // kEnrollmentSuperseded, kEnrollmentInterrupted, kCommitInDoubt, kDatabaseUnavailable, those of
  // Overlay; kOverlayUnavailable, and nothing is begun, when the deadline leaves no time for
  // anything remote.
  absl::StatusOr<EnrolledRunner> Run(const Call& call, const Enrollment& asked);

 private:
  absl::StatusOr<EnrolledRunner> Enroll(const Call& call, const Enrollment& asked);
  // Everything an identity needs but is not part of.
  absl::Status Prepare(const EnrollmentAttempt& attempt, absl::Time deadline);
  // The error to answer with, after an attempt failed because of `why`.
  absl::Status Abandon(const Call& call, const EnrollmentAttempt& attempt, Leftovers leftovers,
                       const absl::Status& why);

  EnrollmentStore& store_;
  Overlay& overlay_;
  Entropy& entropy_;
  const Hasher& hasher_;
  const Clock& clock_;
  FaultPoints& faults_;
  const EnrollmentOptions options_;
};

}  // namespace runners

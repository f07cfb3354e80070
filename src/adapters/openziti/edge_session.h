#pragma once

#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/edge_url.h"
#include "adapters/openziti/http_client.h"
#include "adapters/openziti/openziti_options.h"
#include "core/ports/clock.h"
#include "core/support/mutex.h"
#include "core/support/secret.h"

namespace runners::openziti {

// A session of the management API as one request uses it.
struct SessionTicket {
  Secret token;              // value of the header `zt-session`
  std::uint64_t serial = 0;  // which login it came from
};

// Keeps this service logged in at the management API. Thread-safe: one thread logs in while the
// others that need the new session wait for it, no longer than their deadline; no lock is held
// during the login. A failed login is followed by a pause in which everybody is answered that
// failure at once, so that a wrong password never becomes a stream of logins.
class EdgeSession {
 public:
  // `clock` must outlive this.
  EdgeSession(const OpenZitiOptions& options, EdgeUrl url, const Clock& clock);

  // The session, after a login if there is none or it is due for renewal. A renewal that fails
  // leaves the session in use until its end. Errors: kOverlayUnavailable, kOverlayRejected.
  absl::StatusOr<SessionTicket> Use(absl::Time deadline);

  // After a 401: the session in place of `refused`, after a login unless another thread has already
  // replaced it. kOverlayRejected while a new session was refused shortly before (see
  // StillRefused).
  absl::StatusOr<SessionTicket> Replace(const SessionTicket& refused, absl::Time deadline);

  // After a 401 with the session Replace gave: it is a permission that is missing, and for a while
  // a 401 is not answered by another login.
  void StillRefused();

 private:
  struct Session {
    Secret token;
    std::uint64_t serial = 0;
    absl::Time renew_at;  // from here on it is replaced by a new login
    absl::Time ends_at;   // from here on the controller refuses it
  };

  // The session while the controller still takes it.
  std::optional<SessionTicket> AliveLocked(absl::Time now) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<SessionTicket> LogInAlone(absl::Time deadline)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Session> LogIn(absl::Time deadline);
  void RecordLocked(absl::StatusOr<Session> outcome) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  HttpRequest LoginRequest() const;

  const OpenZitiOptions options_;
  const EdgeUrl url_;
  const Clock& clock_;  // outlives this
  HttpClient http_;     // the one that shows the client certificate

  Mutex mutex_;
  CondVar login_ended_;
  bool logging_in_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Session> session_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t logins_ ABSL_GUARDED_BY(mutex_) = 0;  // that succeeded
  absl::Status last_failure_ ABSL_GUARDED_BY(mutex_);
  absl::Duration pause_ ABSL_GUARDED_BY(mutex_);
  absl::Time no_login_before_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time trust_refusals_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace runners::openziti

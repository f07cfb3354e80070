#pragma once

#include <string>

#include "absl/time/time.h"

#include "core/support/secret.h"

namespace runners::openziti {

// What this service must know of the controller. URLs are `https://host:port`, with or without the
// path of the API behind it.
struct OpenZitiOptions {
  std::string management_url;  // of the Edge Management API
  std::string client_url;      // of the Edge Client API as this service reaches it, for enrolling
  std::string runner_url;      // of the same as runners reach it (`ztAPI`); empty: client_url
  std::string ca_file;         // PEM bundle that verifies the controller's TLS certificates

  // How this service logs in: a password, or a client certificate with its key (both PEM files).
  std::string username;
  Secret password;
  std::string certificate_file;
  std::string key_file;

  std::string instance_id;  // UUID of this installation, in the tags of every object it makes

  // Of one request. The controller answers a slow write after 10 s with 503 while it may still
  // apply it; a shorter limit would never see that answer.
  absl::Duration request_timeout = absl::Seconds(15);
  absl::Duration connect_timeout = absl::Seconds(5);

  // A session is renewed when this part of its life has passed (0 to 1).
  double session_renewal = 0.6;

  // Nobody logs in again for this long after a failed login; doubled by every further failure up to
  // the longest. Refused credentials wait longer: a controller may lock the account.
  absl::Duration first_login_pause = absl::Milliseconds(250);
  absl::Duration first_refused_login_pause = absl::Seconds(5);
  absl::Duration longest_login_pause = absl::Minutes(1);

  // First wait before a step is repeated; doubled by the second, and shortened by chance.
  absl::Duration first_repeat_pause = absl::Milliseconds(300);

  // How long the controller's CA bundle is believed before it is read again.
  absl::Duration ca_bundle_life = absl::Minutes(5);
};

}  // namespace runners::openziti

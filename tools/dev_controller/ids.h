#pragma once

#include <cstddef>
#include <string>

#include "absl/time/time.h"

namespace dev_controller {

// Ids with the randomness of OpenSSL, in the shapes a controller gives them. Thread-safe.
std::string NewLongId();     // services, policies, terminators: 22 letters and digits
std::string NewShortId();    // identities, authenticators, routers, requests: 10
std::string NewSessionId();  // API sessions, starts of the controller: 25 small letters and digits
std::string NewUuid();       // tokens: RFC 9562, version 4

// RFC 3339 in UTC with milliseconds, as the APIs write instants.
std::string Timestamp(absl::Time time);

// The instant of such a text; absl::InfinitePast() for anything else.
absl::Time TimeOf(const std::string& timestamp);

}  // namespace dev_controller

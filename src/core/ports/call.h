#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "absl/time/time.h"

#include "runners/ids.h"

namespace runners {

// Who makes a call and until when an answer is of use. A value: passed by const reference, kept by
// nobody.
struct Call {
  std::string rpc;                   // method name without package, e.g. "RegisterRunner"
  std::string request_id;            // UUID, in logs, audit rows and google.rpc.RequestInfo
  std::optional<IdentityId> caller;  // nothing: an internal call, vouched for by the listener
  absl::Time deadline;               // an answer after this is of no use
  std::stop_token caller_gone{};  // a stop is requested once nobody waits for the answer any more

  bool internal() const { return !caller.has_value(); }
};

}  // namespace runners

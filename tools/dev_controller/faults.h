#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/time/time.h"

namespace dev_controller {

// What goes wrong with a request.
enum class FaultKind {
  kOverload,            // 429, not applied
  kServerError,         // 500, not applied
  kTimeoutBefore,       // 503 TIMEOUT, not applied
  kTimeoutAfter,        // 503 TIMEOUT, applied
  kDropBefore,          // the connection ends, not applied
  kDropAfter,           // the connection ends, applied
  kStall,               // applied and answered after a wait
  kGarbage,             // applied, and the answer is no JSON
  kTruncated,           // applied, and the connection ends in the middle of the answer
  kExpiredSession,      // the session of the request ends first
  kForeignCertificate,  // the connection ends, not applied; the listener shows it until told not to
  kExitBefore,          // the process ends as if killed, not applied
  kExitAfter,           // the same, applied
};

struct Fault {
  FaultKind kind = FaultKind::kOverload;
  absl::Duration wait;  // kStall
};

// Faults that wait for their requests: each for the next `times` of one method to paths with one
// beginning. Thread-safe.
class Faults {
 public:
  // From {"method":"POST","path":"/edge/client/v1/enroll","kind":"drop-after","times":1,
  // "milliseconds":N}. `method` "" is any, `times` is 1 when absent. The id of the rule, or the
  // sentence that is wrong with it.
  struct Added {
    std::string id;
    std::string objection;
  };
  Added Add(const nlohmann::json& rule);

  // The fault of this request, counted; the oldest rule that fits.
  std::optional<Fault> Take(const std::string& method, const std::string& path);

  nlohmann::json ToJson() const;  // with the times left
  void Clear();

 private:
  struct Rule {
    std::string id;
    std::string method;
    std::string path;
    Fault fault;
    std::int64_t times = 0;
  };

  mutable std::mutex mutex_;
  std::vector<Rule> rules_;
};

}  // namespace dev_controller

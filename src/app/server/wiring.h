#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"

#include "adapters/system/log.h"
#include "app/server/settings.h"
#include "core/ports/fault_points.h"

namespace runners::server {

// The service, assembled and at work: wiring.cc is the one place of the server that names concrete
// adapters. Thread-compatible.
class Server {
 public:
  // Prepares the database, then listens, ready from the beginning. `settings` are those of
  // Purpose::kServe; `faults` and `log` must outlive the result. While the database is away it
  // waits, until `stop` (CANCELLED). Errors: those of PrepareDatabase; UNAVAILABLE (cannot listen);
  // INVALID_ARGUMENT (settings that do not fit each other).
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Settings& settings,
                                                       FaultPoints& faults, system::Log& log,
                                                       const std::stop_token& stop);
  // Stops at once, but for work under way that cannot be broken off.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where a client on this machine calls it, with the real port.
  std::string address() const;

  // Not ready, no new calls, no new work; returns when the calls under way have ended, or were
  // cancelled after the shutdown timeout of the settings.
  void Drain();

 private:
  struct Parts;

  explicit Server(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace runners::server

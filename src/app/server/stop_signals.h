#pragma once

#include <signal.h>

#include <atomic>
#include <stop_token>
#include <thread>

#include "absl/time/time.h"

#include "adapters/system/log.h"

namespace runners::server {

// SIGTERM and SIGINT as a request to stop, with an end to all patience: the second signal ends the
// process at once (exit code 128 + signal), and so does the limit when the stop takes longer (exit
// code 0: what is cut off is repaired from the database, as after a crash). Ignores SIGPIPE. Make
// one per process, before any other thread: threads inherit which signals are blocked. Thread-safe.
class StopSignals {
 public:
  // `limit`: from the first signal until the process ends whatever it does. `log` must outlive
  // this.
  StopSignals(absl::Duration limit, system::Log& log);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

 private:
  void Work();

  const absl::Duration limit_;
  system::Log& log_;
  sigset_t signals_;
  sigset_t mask_before_;
  std::stop_source stop_;
  std::atomic<bool> over_ = false;
  std::jthread thread_;
};

}  // namespace runners::server

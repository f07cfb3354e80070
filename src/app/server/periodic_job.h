#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <thread>

#include "absl/time/time.h"

#include "adapters/system/log.h"

namespace runners::server {

// When a job goes on after a step.
enum class NextStep { kAtOnce, kAfterInterval };

// A thread that takes one step after the other until it is told to stop. A step that throws is
// logged, and the job goes on. Thread-safe.
class PeriodicJob {
 public:
  // Starts at once. `name` is for the log, which must outlive this.
  PeriodicJob(std::string name, absl::Duration interval, std::function<NextStep()> step,
              system::Log& log);
  // Waits for the step under way.
  ~PeriodicJob() = default;
  PeriodicJob(const PeriodicJob&) = delete;
  PeriodicJob& operator=(const PeriodicJob&) = delete;

  // No step begins after the one under way. Does not wait.
  void RequestStop() { thread_.request_stop(); }

 private:
  void Work(const std::stop_token& stop) const;
  NextStep TakeStep() const;

  const std::string name_;
  const absl::Duration interval_;
  const std::function<NextStep()> step_;
  system::Log& log_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace runners::server

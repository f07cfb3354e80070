#include "app/server/periodic_job.h"

#include <exception>
#include <utility>

#include "app/server/waiting.h"

namespace runners::server {

PeriodicJob::PeriodicJob(std::string name, absl::Duration interval, std::function<NextStep()> step,
                         system::Log& log)
    : name_(std::move(name)),
      interval_(interval),
      step_(std::move(step)),
      log_(log),
      thread_([this](const std::stop_token& stop) { Work(stop); }) {}

void PeriodicJob::Work(const std::stop_token& stop) const {
  while (!stop.stop_requested()) {
    if (TakeStep() == NextStep::kAfterInterval) WaitFor(stop, interval_);
  }
}

NextStep PeriodicJob::TakeStep() const {
  try {
    return step_();
  } catch (const std::exception&) {
    // Its text may hold anything.
    log_.Error("job.failed", {{"job", name_}});
    return NextStep::kAfterInterval;
  }
}

}  // namespace runners::server

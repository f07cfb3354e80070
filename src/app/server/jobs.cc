#include "app/server/jobs.h"

#include "absl/status/statusor.h"

#include "core/support/error.h"

namespace runners::server {
namespace {

NextStep DoOverlayWork(OverlayWorker& worker, system::Log& log) {
  const absl::StatusOr<WorkOutcome> outcome = worker.RunOnce();
  if (!outcome.ok()) {
    log.Warn("overlay.queue_failed", {{"reason", RowOf(ReasonOf(outcome.status())).name}});
    return NextStep::kAfterInterval;
  }
  switch (*outcome) {
    case WorkOutcome::kIdle:
      return NextStep::kAfterInterval;
    case WorkOutcome::kDone:
      log.Debug("overlay.work_done");
      return NextStep::kAtOnce;
    case WorkOutcome::kFailed:
      log.Warn("overlay.work_failed");  // table work has the reason
      return NextStep::kAfterInterval;
  }
  return NextStep::kAfterInterval;
}

}  // namespace

void StartOverlayJobs(int threads, absl::Duration interval, OverlayWorker& worker, system::Log& log,
                      Jobs& jobs) {
  for (int i = 0; i < threads; ++i) {
    jobs.push_back(std::make_unique<PeriodicJob>(
        "overlay_work", interval, [&worker, &log] { return DoOverlayWork(worker, log); }, log));
  }
}

}  // namespace runners::server

#include "app/server/jobs.h"

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "core/support/error.h"

namespace runners::server {
namespace {

constexpr absl::Duration kPruningInterval = absl::Hours(1);

// As in table work.
std::string_view NameOf(OverlayAction action) {
  switch (action) {
    case OverlayAction::kEnsureRunner:
      return "ensure_runner";
    case OverlayAction::kRemoveIdentity:
      return "remove_identity";
    case OverlayAction::kRemoveRunner:
      return "remove_runner";
  }
  return "";
}

void LogFailure(const WorkFailure& failure, system::Log& log) {
  std::vector<system::LogField> fields = {{"work", NameOf(failure.action)},
                                          {"runner_id", failure.runner_id.text()},
                                          {"reason", RowOf(failure.reason).name}};
  if (failure.generation > 0) fields.emplace_back("generation", failure.generation);
  log.Write(failure.needs_somebody() ? system::LogLevel::kError : system::LogLevel::kWarn,
            "overlay.work_failed", fields);
}

NextStep DoOverlayWork(OverlayWorker& worker, system::Log& log) {
  const absl::StatusOr<WorkReport> report = worker.RunOnce();
  if (!report.ok()) {
    log.Warn("overlay.queue_failed", {{"reason", RowOf(ReasonOf(report.status())).name}});
    return NextStep::kAfterInterval;
  }
  switch (report->outcome) {
    case WorkOutcome::kIdle:
      return NextStep::kAfterInterval;
    case WorkOutcome::kDone:
      log.Debug("overlay.work_done");
      return NextStep::kAtOnce;
    case WorkOutcome::kFailed:
      if (report->failure) LogFailure(*report->failure, log);
      return report->failure && report->failure->only_itself() ? NextStep::kAtOnce
                                                               : NextStep::kAfterInterval;
  }
  return NextStep::kAfterInterval;
}

NextStep Prune(AttemptPruner& pruner, system::Log& log) {
  const absl::StatusOr<int> forgotten = pruner.RunOnce();
  if (!forgotten.ok()) {
    log.Warn("enrollment.pruning_failed", {{"reason", RowOf(ReasonOf(forgotten.status())).name}});
    return NextStep::kAfterInterval;
  }
  if (*forgotten == 0) return NextStep::kAfterInterval;
  log.Info("enrollment.attempts_pruned", {{"count", *forgotten}});
  return NextStep::kAtOnce;
}

}  // namespace

void StartOverlayJobs(int threads, absl::Duration interval, OverlayWorker& worker, system::Log& log,
                      Jobs& jobs) {
  for (int i = 0; i < threads; ++i) {
    jobs.push_back(std::make_unique<PeriodicJob>(
        "overlay_work", interval, [&worker, &log] { return DoOverlayWork(worker, log); }, log));
  }
}

std::unique_ptr<PeriodicJob> StartPruning(AttemptPruner& pruner, system::Log& log) {
  return std::make_unique<PeriodicJob>(
      "attempt_pruning", kPruningInterval, [&pruner, &log] { return Prune(pruner, log); }, log);
}

}  // namespace runners::server

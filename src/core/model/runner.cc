#include "runners/runner.h"

namespace runners {

std::string_view RunnerStatusName(RunnerStatus status) {
  switch (status) {
    case RunnerStatus::kPending:
      return "pending";
    case RunnerStatus::kEnrolled:
      return "enrolled";
    case RunnerStatus::kOffline:
      return "offline";
  }
  return "unknown";
}

std::optional<RunnerStatus> ParseRunnerStatus(std::string_view name) {
  for (RunnerStatus status :
       {RunnerStatus::kPending, RunnerStatus::kEnrolled, RunnerStatus::kOffline}) {
    if (RunnerStatusName(status) == name) return status;
  }
  return std::nullopt;
}

std::string OverlayServiceName(const RunnerId& id) {
  return "runner-" + id.text();
}

}  // namespace runners

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

#include "runners/ids.h"

namespace runners {

// Life of a runner as clients see it. Numbers are those of the wire's RunnerStatus.
enum class RunnerStatus { kPending = 1, kEnrolled = 2, kOffline = 3 };

// "pending", "enrolled", "offline": the words of the database, the CLI and the logs.
std::string_view RunnerStatusName(RunnerStatus status);
std::optional<RunnerStatus> ParseRunnerStatus(std::string_view name);

using Labels = std::map<std::string, std::string>;

// A registered execution environment that hosts agent workloads.
struct Runner {
  RunnerId id;
  std::string name;  // trimmed, 1 to 255 bytes, not unique
  std::optional<OrganizationId>
      organization_id;  // nothing: cluster-scoped, serves every organization
  RunnerStatus status = RunnerStatus::kPending;
  Labels labels;
  std::vector<std::string> capabilities;  // as given: order and duplicates kept
  absl::Time created_at;                  // microseconds
  absl::Time updated_at;                  // microseconds
  std::string etag;                       // opaque; moves with name, labels and capabilities only

  bool operator==(const Runner&) const = default;
};

// Name of the overlay (OpenZiti) service a runner hosts: `runner-<id>`.
std::string OverlayServiceName(const RunnerId& id);

}  // namespace runners

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"

#include "core/support/mutex.h"
#include "tests/functional/faults/fault_lane.h"
#include "tests/functional/faults/fault_table.h"

// Fault x step of making, enrolling and removing at a controller that misbehaves. Each cell: the
// answer comes in time and says what is the matter, the controller is not pressed, and once it is
// well again the same thing succeeds and nothing is left behind.
namespace runners::testing {
namespace {

using ::testing::IsEmpty;

// They wait most of the time.
constexpr std::size_t kLanes = 16;

struct Seen {
  Mutex mutex;
  std::vector<std::string> complaints ABSL_GUARDED_BY(mutex);
  absl::Duration longest ABSL_GUARDED_BY(mutex);

  void Note(const Cell& cell, const Verdict& verdict) {
    const MutexLock lock(mutex);
    for (const std::string& complaint : verdict.complaints) {
      complaints.push_back(cell.name() + ": " + complaint);
    }
    longest = std::max(longest, verdict.took);
  }
};

void RunLane(Ways ways, const std::vector<Cell>& cells, std::atomic<std::size_t>& next,
             Seen& seen) {
  FaultLane lane(ways);
  for (std::size_t i = next++; i < cells.size(); i = next++) {
    try {
      seen.Note(cells[i], lane.Run(cells[i]));
    } catch (const std::exception& failure) {
      seen.Note(cells[i], {{failure.what()}, 0, {}});
      return;  // what this lane is in is unknown
    }
  }
}

void RunTable(Ways ways) {
  TempPostgres::Shared().MigratedTemplate();  // made by this thread, which outlives the lanes
  const std::vector<Cell> cells = FaultTable(ways);
  const absl::Time begun = absl::Now();
  std::atomic<std::size_t> next = 0;
  Seen seen;
  {
    std::vector<std::jthread> lanes;
    for (std::size_t i = 0; i < kLanes; ++i) {
      lanes.emplace_back([&] { RunLane(ways, cells, next, seen); });
    }
  }

  const MutexLock lock(seen.mutex);
  std::cout << cells.size() << " cells in " << absl::FormatDuration(absl::Now() - begun)
            << ", the longest answer took " << absl::FormatDuration(seen.longest) << std::endl;
  EXPECT_GE(next.load(), cells.size()) << "no lane was left for the rest";
  EXPECT_THAT(seen.complaints, IsEmpty());
}

TEST(FaultTable, EveryStepEndsWellWhateverTheControllerDoes) {
  RunTable(Ways::k20);
}

TEST(FaultTable, RemovalEndsWellWhereADeletedIdentityGoesOnHosting) {
  RunTable(Ways::k16WithOidc);
}

}  // namespace
}  // namespace runners::testing

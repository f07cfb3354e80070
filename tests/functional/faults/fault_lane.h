#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "absl/time/time.h"

#include "adapters/openziti/openziti_overlay.h"
#include "adapters/postgres/overlay_queue.h"
#include "core/enrollment/overlay_worker.h"
#include "core/ports/fault_points.h"
#include "tests/functional/faults/fault_table.h"
#include "tests/support/controller_admin.h"
#include "tests/support/dev_controller_process.h"
#include "tests/support/forwarding_overlay.h"
#include "tests/support/rpc_rig.h"

namespace runners::testing {

// What one cell has shown.
struct Verdict {
  std::vector<std::string> complaints;
  int requests = 0;     // at the controller until the answer
  absl::Duration took;  // until the answer
};

// Everything between a client and a controller of its own, for one cell after the other. What
// cannot be set up is thrown (std::runtime_error). Used by the thread that made it: the controller
// dies with that thread.
class FaultLane {
 public:
  explicit FaultLane(Ways ways);

  Verdict Run(const Cell& cell);

 private:
  struct Subject {
    std::string id;
    std::string token;
  };
  // Of a deed: what its client or the queue was told. No reason: it was done.
  struct Outcome {
    std::string reason;
    std::vector<std::string> complaints;
  };

  std::unique_ptr<Overlay> NewAdapter();
  void UseNewAdapter();
  Subject Prepare(Deed deed);
  void Host(const Subject& subject);
  void Plant(const Cell& cell);
  Outcome Do(const Cell& cell, const Subject& subject);
  Outcome Enroll(const Subject& subject, absl::Duration timeout);
  Outcome Work(absl::Duration timeout);
  void End(const Cell& cell, std::size_t log_start);
  std::vector<std::string> Settle(const Cell& cell, const Subject& subject);
  void DrainOnce();
  pqxx::result Query(const std::string& sql);
  std::vector<std::string> Requests(std::size_t log_start) const;

  const Ways ways_;
  DevControllerProcess controller_;
  ControllerAdmin admin_;
  system::SystemClock clock_;
  system::OsEntropy entropy_;
  NoFaults faults_;
  FakeOverlay nowhere_{clock_};  // until there is an adapter
  ForwardingOverlay overlay_{nowhere_};
  RpcRig rig_{overlay_};
  postgres::PostgresOverlayQueue queue_{rig_.database().transactor()};
  pqxx::connection connection_;  // kept: making one costs more than a statement
  const std::string instance_id_;
  std::unique_ptr<Overlay> adapter_;
  std::unique_ptr<Overlay> adapter_before_;  // somebody may be in it who was given up
};

}  // namespace runners::testing

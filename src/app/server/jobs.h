#pragma once

#include <memory>
#include <vector>

#include "absl/time/time.h"

#include "adapters/system/log.h"
#include "app/server/periodic_job.h"
#include "core/enrollment/attempt_pruner.h"
#include "core/enrollment/overlay_worker.h"

// The work that goes on beside calls. A new job: its use case in core, its start here, and a line
// where wiring.cc starts the others.
namespace runners::server {

using Jobs = std::vector<std::unique_ptr<PeriodicJob>>;

// Threads that do overlay work as it falls due. Each looks again at once after a success, and after
// `interval` when there was nothing to do or something failed, so that a controller in trouble is
// not pressed; work that only fails by itself keeps no other waiting. `worker` and `log` must outlive them.
void StartOverlayJobs(int threads, absl::Duration interval, OverlayWorker& worker, system::Log& log,
                      Jobs& jobs);

// A thread that forgets what enrollments of long ago have left in the database, now and then.
// `pruner` and `log` must outlive it.
std::unique_ptr<PeriodicJob> StartPruning(AttemptPruner& pruner, system::Log& log);

}  // namespace runners::server

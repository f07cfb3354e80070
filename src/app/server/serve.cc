#include "app/server/serve.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/system/log.h"
#include "app/server/exit_codes.h"
#include "app/server/fault_points.h"
#include "app/server/stop_signals.h"
#include "app/server/waiting.h"
#include "app/server/wiring.h"

namespace runners::server {
namespace {

// Beyond the shutdown timeout: for cancelled calls to notice, and the rest to be put away.
constexpr absl::Duration kClosingTime = absl::Seconds(2);

int RunUntilStopped(const Settings& settings, FaultPoints& faults, std::ostream& out,
                    std::ostream& err) {
  system::Log log(settings.log_level, settings.log_format);
  const StopSignals signals(settings.shutdown_timeout + kClosingTime, log);
  log.Info("server.starting", {{"version", RUNNERS_VERSION}});
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start(settings, faults, log, signals.token());
  if (!server.ok()) {
    if (absl::IsCancelled(server.status())) return kExitOk;
    log.Error("server.start_failed");
    return ReportFailure(server.status(), err);
  }
  const std::string address = (*server)->address();
  log.Info("server.started", {{"address", address}, {"version", RUNNERS_VERSION}});
  out << "ready grpc=" << address << std::endl;

  WaitFor(signals.token(), absl::InfiniteDuration());
  (*server)->Drain();
  server->reset();
  log.Info("server.stopped");
  return kExitOk;
}

}  // namespace

int Serve(const Environment& environment, std::ostream& out, std::ostream& err) {
  const absl::StatusOr<Settings> settings = ReadSettings(environment, Purpose::kServe);
  if (!settings.ok()) return ReportSettings(settings.status(), err);
  const absl::StatusOr<std::unique_ptr<FaultPoints>> faults = MakeFaultPoints(environment);
  if (!faults.ok()) return ReportSettings(faults.status(), err);
  return RunUntilStopped(*settings, **faults, out, err);
}

}  // namespace runners::server

#include "app/server/wiring.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/time/time.h"

#include "adapters/grpc/rpc_server.h"
#include "adapters/openziti/openziti_overlay.h"
#include "adapters/postgres/enrollment_store.h"
#include "adapters/postgres/grant_store.h"
#include "adapters/postgres/overlay_queue.h"
#include "adapters/postgres/runner_store.h"
#include "adapters/postgres/selection_index.h"
#include "adapters/postgres/settings.h"
#include "adapters/system/crypto.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/worker_pool.h"
#include "app/server/database.h"
#include "app/server/jobs.h"
#include "app/server/listen_address.h"
#include "app/server/readiness_watch.h"
#include "app/server/startup.h"
#include "core/enrollment/no_overlay.h"
#include "core/support/status_macros.h"

namespace runners::server {
namespace {

// Shared by enrollments and overlay workers, who spend their time at the controller and little of
// it here.
constexpr int kBackgroundConnections = 3;
constexpr absl::Duration kPingTimeout = absl::Seconds(3);

struct Machine {
  system::SystemClock clock;
  system::OsEntropy entropy;
  system::OpenSslHasher hasher;
};

// Three pools, so that nobody waits for a connection behind another kind of work: as many as there
// are threads for calls; a few for what goes on beside; one that tells whether the database
// answers.
struct Databases {
  std::unique_ptr<Database> calls;
  std::unique_ptr<Database> background;
  std::unique_ptr<Database> ping;
};

absl::StatusOr<Databases> MakeDatabases(const Settings& settings, const Clock& clock,
                                        system::Log& log) {
  const auto make = [&](int connections, const std::string& name) {
    postgres::ConnectionOptions options;
    options.dsn = settings.database_url;
    options.max_connections = connections;
    options.application_name = name;
    if (settings.prepare_statements) options.statement_use = postgres::StatementUse::kPrepared;
    return Database::Make(std::move(options), clock, log);
  };
  Databases databases;
  RUNNERS_ASSIGN_OR_RETURN(databases.calls, make(settings.database_connections, "runners"));
  RUNNERS_ASSIGN_OR_RETURN(databases.background,
                           make(kBackgroundConnections, "runners-background"));
  RUNNERS_ASSIGN_OR_RETURN(databases.ping, make(1, "runners-ping"));
  return databases;
}

absl::StatusOr<std::unique_ptr<Overlay>> MakeOverlay(const Settings& settings,
                                                     const std::string& instance_id,
                                                     Machine& machine, FaultPoints& faults) {
  if (!settings.overlay_configured()) return std::make_unique<NoOverlay>();
  openziti::OpenZitiOptions options = settings.overlay;
  options.instance_id = instance_id;
  return openziti::OpenZitiOverlay::Create(std::move(options), machine.clock, machine.entropy,
                                           faults);
}

struct Stores {
  explicit Stores(const Databases& databases)
      : runners(databases.calls->transactor()),
        grants(databases.calls->transactor()),
        access(databases.calls->transactor()),
        selection(databases.calls->transactor()),
        enrollments(databases.background->transactor()),
        overlay_queue(databases.background->transactor()) {}

  postgres::PostgresRunnerStore runners;
  postgres::PostgresGrantStore grants;
  postgres::PostgresAccessChecker access;
  postgres::PostgresSelectionIndex selection;
  postgres::PostgresEnrollmentStore enrollments;
  postgres::PostgresOverlayQueue overlay_queue;
};

// The use cases, and what only they share.
struct Core {
  Core(const Settings& settings, Machine& machine, Stores& stores, Overlay& overlay,
       FaultPoints& faults, PageTokenKeys keys)
      : authorizer(stores.access),
        sealer(machine.hasher, std::move(keys)),
        register_runner(authorizer, stores.runners, machine.entropy, machine.hasher, faults),
        get_runner(authorizer, stores.runners, machine.hasher),
        list_runners(authorizer, stores.runners, sealer),
        update_runner(authorizer, stores.runners, faults),
        delete_runner(authorizer, stores.runners, faults),
        enroll_runner(stores.enrollments, overlay, machine.entropy, machine.hasher, machine.clock,
                      faults, settings.enrollment),
        select_runner(authorizer, stores.selection),
        grants(authorizer, stores.grants, sealer),
        overlay_worker(stores.overlay_queue, overlay, machine.entropy, machine.clock, faults,
                       settings.worker),
        attempt_pruner(stores.enrollments, machine.entropy, machine.clock) {}

  Authorizer authorizer;
  PageTokenSealer sealer;
  RegisterRunner register_runner;
  GetRunner get_runner;
  ListRunners list_runners;
  UpdateRunner update_runner;
  DeleteRunner delete_runner;
  EnrollRunner enroll_runner;
  SelectRunner select_runner;
  Grants grants;
  OverlayWorker overlay_worker;
  AttemptPruner attempt_pruner;

  grpc_server::UseCases ForCalls() {
    return {register_runner, get_runner,    list_runners,  update_runner,
            delete_runner,   enroll_runner, select_runner, grants};
  }
};

// The threads that do the work of calls.
struct Lanes {
  explicit Lanes(const Settings& settings)
      : database(static_cast<std::size_t>(settings.database_connections),
                 static_cast<std::size_t>(settings.database_queue)),
        enrollment(static_cast<std::size_t>(settings.enrollment_threads),
                   static_cast<std::size_t>(settings.enrollment_queue)) {}

  system::WorkerPool database;
  system::WorkerPool enrollment;
};

}  // namespace

// Declared in the order in which they start, and so destroyed in the reverse one.
struct Server::Parts {
  Parts(const Settings& given, system::Log& its_log) : settings(given), log(its_log) {}

  absl::Status Assemble(FaultPoints& faults, const std::stop_token& stop);
  absl::Status Open();

  const Settings settings;
  system::Log& log;
  Machine machine;
  Databases databases;
  std::unique_ptr<Overlay> overlay;
  std::optional<Stores> stores;
  std::optional<Core> core;
  std::optional<Lanes> lanes;
  std::unique_ptr<grpc_server::RpcServer> rpc;
  std::optional<ReadinessWatch> readiness;
  Jobs jobs;
};

absl::Status Server::Parts::Assemble(FaultPoints& faults, const std::stop_token& stop) {
  RUNNERS_ASSIGN_OR_RETURN(databases, MakeDatabases(settings, machine.clock, log));
  RUNNERS_ASSIGN_OR_RETURN(postgres::SharedSettings shared,
                           PrepareDatabase(databases.background->transactor(),
                                           settings.migrate_on_start ? SchemaPolicy::kMigrate
                                                                     : SchemaPolicy::kVerifyOnly,
                                           machine.hasher, log, stop));
  RUNNERS_ASSIGN_OR_RETURN(overlay, MakeOverlay(settings, shared.instance_id, machine, faults));
  stores.emplace(databases);
  core.emplace(settings, machine, *stores, *overlay, faults, std::move(shared.page_token_keys));
  return absl::OkStatus();
}

absl::Status Server::Parts::Open() {
  lanes.emplace(settings);
  RUNNERS_ASSIGN_OR_RETURN(
      rpc, grpc_server::RpcServer::Start(
               settings.grpc_address, core->ForCalls(),
               {lanes->database, lanes->enrollment, machine.clock, machine.entropy, log}));
  rpc->SetReady(true);  // the database answered a moment ago
  ReadinessOptions options;
  options.interval = settings.readiness_interval;
  readiness.emplace(
      [this] { return databases.ping->transactor().Ping(machine.clock.Now() + kPingTimeout); },
      [this](bool ready) { rpc->SetReady(ready); }, options, machine.clock, log);
  jobs.push_back(StartPruning(core->attempt_pruner, log));
  if (settings.overlay_configured()) {
    StartOverlayJobs(settings.worker_threads, settings.worker_interval, core->overlay_worker, log,
                     jobs);
  } else {
    log.Warn("overlay.not_configured");
  }
  return absl::OkStatus();
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() = default;

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Settings& settings, FaultPoints& faults,
                                                      system::Log& log,
                                                      const std::stop_token& stop) {
  auto parts = std::make_unique<Parts>(settings, log);
  RUNNERS_RETURN_IF_ERROR(parts->Assemble(faults, stop));
  RUNNERS_RETURN_IF_ERROR(parts->Open());
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

std::string Server::address() const {
  return CallableAddress(parts_->rpc->address());
}

void Server::Drain() {
  for (const auto& job : parts_->jobs) job->RequestStop();
  parts_->readiness->Stop();  // or it would call the server ready again
  parts_->rpc->Drain(parts_->settings.shutdown_timeout);
}

}  // namespace runners::server

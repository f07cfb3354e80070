#include "app/server/commands.h"

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/grpc/health_probe.h"
#include "adapters/grpc/rpc_server.h"
#include "app/server/database_commands.h"
#include "app/server/exit_codes.h"
#include "app/server/import_command.h"
#include "app/server/listen_address.h"
#include "app/server/serve.h"

namespace runners::server {
namespace {

constexpr char kFooter[] =
    "Settings come from the environment; `runners settings` lists them.\n"
    "Exit codes: 0 fine, 1 failed, 64 the command line is wrong, 78 a setting is wrong.";

constexpr absl::Duration kProbeTimeout = absl::Seconds(2);

struct HealthQuestion {
  std::string address;  // empty: that of GRPC_ADDR
  bool liveness = false;
};

int HealthCheck(const HealthQuestion& question, const Environment& environment, std::ostream& out,
                std::ostream& err) {
  std::string address = question.address;
  if (address.empty()) {
    const absl::StatusOr<Settings> settings = ReadSettings(environment, Purpose::kHealthCheck);
    if (!settings.ok()) return ReportSettings(settings.status(), err);
    address = settings->grpc_address;
  }
  const std::string name(question.liveness ? grpc_server::kLivenessName : std::string_view());
  const absl::Status health =
      grpc_server::ProbeHealth(CallableAddress(address), name, kProbeTimeout);
  if (!health.ok()) return ReportFailure(health, err);
  out << "serving\n";
  return kExitOk;
}

// The commands and their options, and which one was chosen.
class CommandLine {
 public:
  CommandLine(const Environment& environment, std::ostream& out, std::ostream& err)
      : environment_(environment), out_(out), err_(err) {
    app_.require_subcommand(1);
    app_.footer(kFooter);
    AddServe();
    AddMigrate();
    AddGrantAdmin();
    AddImport();
    AddHealthCheck();
    AddPrinting();
  }

  int Run(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error, out_, err_) == 0 ? kExitOk : kExitUsage;
    }
    return chosen_();
  }

 private:
  CLI::App* Add(CLI::App& parent, const char* name, const char* meaning,
                std::function<int()> command) {
    CLI::App* const added = parent.add_subcommand(name, meaning);
    added->final_callback([this, run = std::move(command)] { chosen_ = run; });
    return added;
  }

  void AddServe() {
    Add(app_, "serve", "Runs the service until SIGTERM",
        [this] { return Serve(environment_, out_, err_); });
  }

  void AddMigrate() {
    CLI::App& migrate = *app_.add_subcommand("migrate", "The schema of the database");
    migrate.require_subcommand(1);
    CLI::App* const up = Add(migrate, "up", "Brings it up to date", [this] {
      return MigrateUp(environment_, dry_run_ ? Doing::kDryRun : Doing::kForReal, out_, err_);
    });
    up->add_flag("--dry-run", dry_run_, "Only says what would be done");
    Add(migrate, "status", "Says what is applied and what is pending",
        [this] { return MigrateStatus(environment_, out_, err_); });
  }

  void AddGrantAdmin() {
    CLI::App* const grant =
        Add(app_, "grant-admin", "Makes an identity a cluster admin, next to the database",
            [this] { return GrantAdmin(environment_, identity_, out_, err_); });
    grant->add_option("UUID", identity_, "The identity")->required();
  }

  void AddImport() {
    CLI::App* const import =
        Add(app_, "import", "Takes runners over from the earlier service's database", [this] {
          return ImportFrom(Secret(source_), environment_,
                            dry_run_ ? Doing::kDryRun : Doing::kForReal, out_, err_);
        });
    import
        ->add_option(
            "--from", source_,
            "Its database: a postgresql:// URI or a connection string of libpq; a password "
            "is better kept in a file (passfile=)")
        ->required();
    import->add_flag("--dry-run", dry_run_, "Only says what would be done");
  }

  void AddHealthCheck() {
    CLI::App* const check =
        Add(app_, "healthcheck",
            "Asks the server on this machine whether it is ready (exit 0) or not (1)",
            [this] { return HealthCheck(question_, environment_, out_, err_); });
    check->add_flag("--liveness", question_.liveness,
                    "Whether it is alive instead, which does not depend on the database");
    check->add_option("--address", question_.address, "HOST:PORT instead of that of GRPC_ADDR")
        ->check([](const std::string& text) {
          return std::string(IsListenAddress(text) ? "" : "must be HOST:PORT");
        });
  }

  void AddPrinting() {
    Add(app_, "settings", "Prints the table of settings", [this] {
      out_ << SettingsMarkdown();
      return kExitOk;
    });
    Add(app_, "version", "Prints the version", [this] {
      out_ << "runners " RUNNERS_VERSION "\n";
      return kExitOk;
    });
  }

  const Environment& environment_;
  std::ostream& out_;
  std::ostream& err_;
  CLI::App app_{"The registry of runners", "runners"};
  std::function<int()> chosen_;
  bool dry_run_ = false;
  std::string identity_;
  std::string source_;
  HealthQuestion question_;
};

}  // namespace

int RunCommandLine(int argc, const char* const* argv, const Environment& environment,
                   std::ostream& out, std::ostream& err) {
  return CommandLine(environment, out, err).Run(argc, argv);
}

}  // namespace runners::server

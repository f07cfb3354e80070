#include "tests/support/installation.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/overlay_state.h"

namespace runners::testing {
namespace {

constexpr std::chrono::milliseconds kPollInterval{25};

DevControllerOptions ControllerOptions(const InstallationOptions& options) {
  DevControllerOptions controller;
  controller.binary = options.binaries + "/dev_controller";
  return controller;
}

ControllerAccess AccessTo(const DevControllerProcess& controller) {
  return {controller.management_url(), controller.client_url(), controller.ca_file(),
          controller.username(), controller.password()};
}

// What the servers need to know of the controller.
std::map<std::string, std::string> ControllerSettings(const ControllerAccess& access,
                                                      const FaultyGateway* gateway) {
  return {{"ZITI_MANAGEMENT_URL", gateway != nullptr ? gateway->url() : access.management_url},
          {"ZITI_CLIENT_URL", gateway != nullptr ? gateway->url() : access.client_url},
          {"ZITI_RUNNER_URL", access.client_url},
          {"ZITI_CA_FILE", gateway != nullptr ? gateway->ca_file() : access.ca_file},
          {"ZITI_USERNAME", access.username},
          {"ZITI_PASSWORD", access.password.Reveal()}};
}

ServerOptions ReplicaOptions(const InstallationOptions& options, const TempDatabase& database,
                             const std::map<std::string, std::string>& controller) {
  ServerOptions replica{options.server.empty() ? options.binaries + "/runners" : options.server,
                        {{"DATABASE_URL", database.dsn().Reveal()},
                         {"OVERLAY_WORKERS", "3"},
                         {"OVERLAY_WORK_INTERVAL", "20ms"},
                         {"OVERLAY_WORK_TIMEOUT", "2s"},
                         {"OVERLAY_RECHECK_DELAY", "100ms"},
                         {"OVERLAY_MAX_BACKOFF", "200ms"},
                         {"READINESS_INTERVAL", "50ms"}}};
  for (const auto& [name, value] : controller) replica.environment[name] = value;
  for (const auto& [name, value] : options.settings) replica.environment[name] = value;
  return replica;
}

std::string Joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += "\n- " + sentence;
  return text;
}

}  // namespace

Installation::Installation(InstallationOptions options)
    : controller_(ControllerOptions(options)), admin_(AccessTo(controller_)) {
  if (options.path == ControllerPath::kWatched) {
    gateway_ = std::make_unique<FaultyGateway>(admin_.access());
  }
  const ServerOptions replica =
      ReplicaOptions(options, database_, ControllerSettings(admin_.access(), gateway_.get()));
  const CommandResult granted = RunProgram(replica.binary, {"grant-admin", kInstallationAdmin},
                                           {{"DATABASE_URL", database_.dsn().Reveal()}});
  if (granted.exit_code != 0) throw std::runtime_error("no admin: " + granted.err);
  for (int i = 0; i < options.replicas; ++i) {
    replicas_.push_back(std::make_unique<ServerProcess>(replica));
  }
}

client::Client Installation::Connect(std::size_t replica, absl::Duration timeout) const {
  return client::Client(
      {replicas_.at(replica)->address(), IdentityId::Parse(kInstallationAdmin), timeout});
}

std::string Installation::Value(const std::string& sql) const {
  return database_.Query(sql)[0][0].as<std::string>("");
}

void Installation::EndLeases() const {
  database_.Query("UPDATE enrollment_attempts SET lease_until = now() WHERE state = 'open'");
  database_.Query("UPDATE work SET leased_until = now() WHERE claim_id IS NOT NULL");
}

std::vector<std::string> Installation::Disagreements() {
  std::vector<std::string> found = OpenRows(database_);
  if (!found.empty()) return found;  // the rest cannot agree yet
  return OverlayDifferences(database_, admin_);
}

void Installation::AwaitAgreement(absl::Duration limit) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(limit);
  std::vector<std::string> found = Disagreements();
  while (!found.empty()) {
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("database and controller do not come to agree:" + Joined(found));
    }
    std::this_thread::sleep_for(kPollInterval);
    found = Disagreements();
  }
}

int LoginStatus(const std::string& identity_json) {
  return RunnerLogin(Secret(identity_json)).LogIn();
}

}  // namespace runners::testing

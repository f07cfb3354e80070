// The development controller: stands for an OpenZiti controller where there is none. See README.md.

#include <signal.h>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "tools/dev_controller/controller.h"
#include "tools/dev_controller/settings.h"
#include "tools/dev_controller/state_folder.h"

namespace dev_controller {
namespace {

constexpr char kPasswordVariable[] = "DEV_CONTROLLER_ADMIN_PASSWORD";

void AddOptions(CLI::App& app, Settings& settings, std::string& line, long& timeout_seconds) {
  app.add_option("--state-dir", settings.state_dir, "Folder for everything that is kept")
      ->required();
  app.add_option("--admin-user", settings.admin_user, "Name of the administrator")
      ->capture_default_str();
  app.add_option("--line", line, "Line of OpenZiti whose ways it has")
      ->check(CLI::IsMember({"1.6", "2.0"}))
      ->capture_default_str();
  app.add_option("--management-port", settings.management_port,
                 "Port of the management API; 0 is the one of the last start, or any")
      ->check(CLI::Range(0, 65535));
  app.add_option("--client-port", settings.client_port, "The same for the client API")
      ->check(CLI::Range(0, 65535));
  app.add_option("--session-timeout", timeout_seconds, "Life of a session in seconds")
      ->check(CLI::Range(1L, 31'536'000L))
      ->capture_default_str();
  app.add_flag("--oidc-deletes", settings.oidc_deletes,
               "Deleting an identity leaves its terminators, as 1.6 does with OIDC");
  app.footer(std::string("The administrator's password comes from ") + kPasswordVariable +
             ", or is made at the first start and kept in admin.password of the state folder.");
}

// The signals that end it, for sigwait only: every thread is born with them blocked.
sigset_t BlockedEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Run(Settings settings) {
  const sigset_t end = BlockedEndSignals();
  const StateFolder folder(settings.state_dir);
  settings.state_dir = folder.path();
  const char* password = std::getenv(kPasswordVariable);
  const bool given = password != nullptr && *password != '\0';
  settings.admin_password = given ? password : folder.AdminPassword();

  Controller controller(std::move(settings));
  std::printf("ready management=%s client=%s ca=%s\n", controller.management_url().c_str(),
              controller.client_url().c_str(), controller.ca_file().c_str());
  std::fflush(stdout);
  int received = 0;
  while (sigwait(&end, &received) != 0) {
  }
  controller.End();
}

}  // namespace
}  // namespace dev_controller

int main(int argc, char** argv) {
  dev_controller::Settings settings;
  std::string line = "2.0";
  long timeout_seconds = absl::ToInt64Seconds(settings.session_timeout);
  CLI::App app("A stand-in for an OpenZiti controller. There is no network behind it.");
  dev_controller::AddOptions(app, settings, line, timeout_seconds);
  CLI11_PARSE(app, argc, argv);
  settings.line = line == "1.6" ? dev_controller::Line::k16 : dev_controller::Line::k20;
  settings.session_timeout = absl::Seconds(timeout_seconds);
  try {
    return dev_controller::Run(std::move(settings));
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "dev_controller: %s\n", failure.what());
    return EXIT_FAILURE;
  }
}

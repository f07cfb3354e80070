#pragma once

#include <functional>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "app/ctl/printer.h"
#include "app/ctl/world.h"
#include "runners/client.h"

namespace runners::ctl {

// What a command works with.
struct Session {
  client::Client& service;
  const Printer& printer;
  const World& world;
  std::string server;      // HOST:PORT
  absl::Duration timeout;  // of each call
};

// A command with its options filled in. Prints its answer; errors: UsageFailure, LocalFailure, and
// what the service answers.
using Action = std::function<absl::Status(const Session&)>;

// Where commands are added, and where the one that was typed leaves what it does.
struct Commands {
  CLI::App& app;
  Action& action;
};

// Adds a command: `declare` binds its options to a struct, `run` does it. A mistake in the options
// is found by `run` before it calls the service.
template <typename Options>
void AddCommand(Commands& commands, const std::string& name, const std::string& description,
                void (*declare)(CLI::App& command, Options& options),
                absl::Status (*run)(const Options& options, const Session& session)) {
  CLI::App* command = commands.app.add_subcommand(name, description);
  command->fallthrough();  // options of every command may stand behind its name
  const auto options = std::make_shared<Options>();
  declare(*command, *options);
  command->callback([options, run, &action = commands.action] {
    action = [options, run](const Session& session) { return run(*options, session); };
  });
}

void AddRegistryCommands(Commands& commands);    // register, get, list, update, delete
void AddEnrollmentCommands(Commands& commands);  // enroll
void AddSelectionCommands(Commands& commands);   // select
void AddGrantCommands(Commands& commands);       // grant, revoke, grants
void AddVersionCommand(Commands& commands);      // version

}  // namespace runners::ctl

#include "app/ctl/run.h"

#include <optional>
#include <utility>

#include <CLI/CLI.hpp>

#include "app/ctl/commands.h"
#include "app/ctl/common_options.h"
#include "app/ctl/failure.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"
#include "runners/client.h"

namespace runners::ctl {
namespace {

constexpr char kFooter[] = R"(Environment:
  RUNNERS_SERVER, RUNNERS_IDENTITY   used where --server and --identity are not given

Exit codes:
  0   it is done
  1   it failed
  2   no runner qualifies
  64  the command line is wrong)";

constexpr char kCommandFooter[] =
    "The options of every command (--server, --identity, -o json, -q ...), the environment and "
    "the\n"
    "exit codes: runnersctl --help";

void Declare(CLI::App& app, CommonOptions& common, Commands& commands) {
  app.require_subcommand(1);
  app.footer(kCommandFooter);  // commands take it over when they are added
  DeclareCommonOptions(app, common);
  AddRegistryCommands(commands);
  AddEnrollmentCommands(commands);
  AddSelectionCommands(commands);
  AddGrantCommands(commands);
  AddVersionCommand(commands);
  app.footer(kFooter);
}

std::string CommandLine(const CLI::App& app) {
  std::string line = app.get_name();
  for (const CLI::App* command : app.get_subcommands()) line += " " + command->get_name();
  return line;
}

// What is wrong with arguments that nothing took. The value of an option that is none is left out:
// it may be a secret.
std::string Unexpected(const CLI::App& app) {
  const bool has_command = !app.get_subcommands().empty();
  const std::vector<std::string> rest = app.remaining(true);
  if (rest.empty()) return "a command is required";
  const std::string& first = rest.front();
  if (first.size() > 1 && first.front() == '-') {
    return Shown(first.substr(0, first.find('='))) + " is not an option" +
           (has_command ? " of this command" : "");
  }
  return Shown(first) + (has_command ? " is one argument too many" : " is not a command");
}

// The last argument first, as the library wants them. In "--name=" the empty text is made an
// argument of its own: the library would take what follows.
std::vector<std::string> Reversed(const std::vector<std::string>& arguments) {
  std::vector<std::string> reversed;
  for (auto at = arguments.rbegin(); at != arguments.rend(); ++at) {
    const bool empty_value =
        at->size() > 3 && at->starts_with("--") && at->find('=') + 1 == at->size();
    if (empty_value) reversed.emplace_back();
    reversed.push_back(empty_value ? at->substr(0, at->size() - 1) : *at);
  }
  return reversed;
}

// The exit code when there is nothing left to do but to exit.
std::optional<int> Parse(CLI::App& app, const std::vector<std::string>& arguments,
                         const World& world) {
  try {
    app.parse(Reversed(arguments));
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    world.out << app.help();
    return kExitOk;
  } catch (const CLI::ExtrasError&) {
    return ReportUsage(Unexpected(app), CommandLine(app), world.err);
  } catch (const CLI::RequiredError& error) {
    const bool has_command = !app.get_subcommands().empty();
    return ReportUsage(has_command ? error.what() : Unexpected(app), CommandLine(app), world.err);
  } catch (const CLI::ParseError& error) {
    return ReportUsage(error.what(), CommandLine(app), world.err);
  }
}

absl::Status Execute(const CommonOptions& common, const Action& action, const World& world) {
  RUNNERS_ASSIGN_OR_RETURN(client::Options connection, ConnectionOf(common, world.environment));
  RUNNERS_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(common));
  const std::string server = connection.address;
  const absl::Duration timeout = connection.timeout;
  client::Client service(std::move(connection));
  const Printer printer(format, world.audience, world.out);
  RUNNERS_RETURN_IF_ERROR(action({.service = service,
                                  .printer = printer,
                                  .world = world,
                                  .server = server,
                                  .timeout = timeout}));
  world.out.flush();
  return world.out ? absl::OkStatus() : LocalFailure("cannot write to standard output");
}

}  // namespace

int Run(const std::vector<std::string>& arguments, const World& world) {
  CLI::App app("Registers runners, enrolls them, and picks one for a workload.", "runnersctl");
  CommonOptions common;
  Action action;
  Commands commands{app, action};
  Declare(app, common, commands);
  if (const std::optional<int> code = Parse(app, arguments, world)) return *code;
  const absl::Status done = Execute(common, action, world);
  if (done.ok()) return kExitOk;
  if (IsUsageFailure(done)) return ReportUsage(MessageOf(done), CommandLine(app), world.err);
  return ReportFailure(done, world.err);
}

}  // namespace runners::ctl

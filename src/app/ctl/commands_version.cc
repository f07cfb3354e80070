#include "app/ctl/commands.h"

namespace runners::ctl {
namespace {

struct VersionOptions {};

void DeclareVersion(CLI::App& /*command*/, VersionOptions& /*options*/) {}

absl::Status PrintVersion(const VersionOptions& /*options*/, const Session& session) {
  session.printer.PrintVersion(RUNNERS_VERSION);
  return absl::OkStatus();
}

}  // namespace

void AddVersionCommand(Commands& commands) {
  AddCommand(commands, "version", "Show the version of this program.", DeclareVersion,
             PrintVersion);
}

}  // namespace runners::ctl

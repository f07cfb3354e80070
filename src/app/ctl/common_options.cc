#include "app/ctl/common_options.h"

#include <utility>

#include "app/ctl/arguments.h"
#include "app/ctl/failure.h"
#include "core/support/status_macros.h"

namespace runners::ctl {
namespace {

constexpr char kServerVariable[] = "RUNNERS_SERVER";
constexpr char kIdentityVariable[] = "RUNNERS_IDENTITY";

// A value, and the option or variable it came from.
struct Setting {
  std::string source;
  std::string value;
};

std::optional<Setting> SettingOf(const std::string& option, const std::optional<std::string>& given,
                                 const char* variable,
                                 const std::map<std::string, std::string>& environment) {
  if (given) return Setting{option, *given};
  const auto found = environment.find(variable);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return Setting{variable, found->second};
}

}  // namespace

void DeclareCommonOptions(CLI::App& app, CommonOptions& options) {
  const std::string group = "Options of every command";
  app.add_option("--server", options.server,
                 std::string("where the service is (") + kDefaultServer + ")")
      ->option_text("HOST:PORT")
      ->group(group);
  app.add_option("--identity", options.identity, "the identity that calls (none)")
      ->option_text("UUID")
      ->group(group);
  app.add_option("--timeout", options.timeout, "how long each call may take (30s)")
      ->option_text("TIME")
      ->group(group);
  CLI::Option* output = app.add_option("-o,--output", options.output,
                                       "table, for people (the default), or json, for programs")
                            ->option_text("FORMAT")
                            ->group(group);
  app.add_flag("-q,--quiet", options.quiet, "ids only, one a line; not with -o")
      ->excludes(output)
      ->option_text(" ")
      ->group(group);
}

absl::StatusOr<client::Options> ConnectionOf(
    const CommonOptions& options, const std::map<std::string, std::string>& environment) {
  client::Options connection{
      .address = kDefaultServer, .identity = std::nullopt, .timeout = absl::ZeroDuration()};
  RUNNERS_ASSIGN_OR_RETURN(connection.timeout, ParseDuration("--timeout", options.timeout));
  if (const auto server = SettingOf("--server", options.server, kServerVariable, environment)) {
    RUNNERS_ASSIGN_OR_RETURN(connection.address, ParseAddress(server->source, server->value));
  }
  if (const auto identity =
          SettingOf("--identity", options.identity, kIdentityVariable, environment)) {
    RUNNERS_ASSIGN_OR_RETURN(connection.identity,
                             ParseId<IdentityId>(identity->source, identity->value));
  }
  return connection;
}

absl::StatusOr<OutputFormat> FormatOf(const CommonOptions& options) {
  if (options.quiet) return OutputFormat::kIds;
  if (options.output == "table") return OutputFormat::kTable;
  if (options.output == "json") return OutputFormat::kJson;
  return UsageFailure("--output must be table or json, not " + Shown(options.output));
}

}  // namespace runners::ctl

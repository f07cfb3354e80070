#pragma once

#include <map>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "absl/status/statusor.h"

#include "app/ctl/printer.h"
#include "runners/client.h"

namespace runners::ctl {

// Used when neither --server nor RUNNERS_SERVER says otherwise.
inline constexpr char kDefaultServer[] = "127.0.0.1:50051";

// Options of every command, as typed.
struct CommonOptions {
  std::optional<std::string> server;
  std::optional<std::string> identity;
  std::string timeout = "30s";
  std::string output = "table";
  bool quiet = false;
};

void DeclareCommonOptions(CLI::App& app, CommonOptions& options);

// Whom to call and as whom: an option counts before its variable in the environment, where an empty
// one counts as none. Errors: UsageFailure.
absl::StatusOr<client::Options> ConnectionOf(const CommonOptions& options,
                                             const std::map<std::string, std::string>& environment);

// Errors: UsageFailure.
absl::StatusOr<OutputFormat> FormatOf(const CommonOptions& options);

}  // namespace runners::ctl

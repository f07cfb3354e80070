#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/openziti_options.h"
#include "adapters/system/log.h"
#include "core/enrollment/enroll_runner.h"
#include "core/enrollment/overlay_worker.h"
#include "core/support/secret.h"

// The settings of `runners`: one table says which there are, and everything else (what is read, the
// README, `runners settings`) comes from it.
namespace runners::server {

// What the program is told. Every setting's value comes from the table, its default too; what has
// no row keeps the default of its struct. Numbers and times are within the bounds the table names.
struct Settings {
  std::string grpc_address;  // "host:port"; ":port" is every interface; port 0 is a free one
  Secret database_url;
  bool migrate_on_start = false;  // otherwise the schema is only verified
  system::LogFormat log_format = system::LogFormat::kJson;
  system::LogLevel log_level = system::LogLevel::kInfo;
  absl::Duration shutdown_timeout;
  absl::Duration readiness_interval;

  int database_connections = 0;     // as many threads serve calls
  bool prepare_statements = false;  // on each connection, at their first use
  int database_queue = 0;           // calls that may wait for those
  int enrollment_threads = 0;
  int enrollment_queue = 0;

  openziti::OpenZitiOptions overlay;  // without the instance id, which the database knows
  EnrollmentOptions enrollment;
  OverlayWorkerOptions worker;
  int worker_threads = 0;
  absl::Duration worker_interval;  // between two looks at an empty queue

  bool overlay_configured() const { return !overlay.management_url.empty(); }
};

// Environment variables by name.
using Environment = std::map<std::string, std::string>;

// The environment of this process.
Environment ProcessEnvironment();

// What the settings are read for: commands other than `serve` need, and check, few of them.
enum class Purpose { kServe, kDatabaseCommand, kHealthCheck };

enum class SettingKind {
  kPlain,
  kSecret,  // its value is never repeated, and NAME_FILE may name a file that holds it
};

// Who reads a setting besides the server.
enum class SettingReaders { kServerOnly, kDatabaseCommands, kHealthCheck };

// One row of the table.
struct Setting {
  std::string_view name;          // of the environment variable
  std::string_view default_text;  // as somebody would write it; empty: none
  std::string_view meaning;       // Markdown, one line
  SettingKind kind;
  SettingReaders readers;
  std::string_view if_missing;  // why the program cannot go on without it; empty: it can

  // Reads a value into its field; returns what is wrong with it, without repeating it, or nothing.
  std::string (*read)(const std::string& text, Settings& settings);
};

// Every setting, in the order of the README.
std::span<const Setting> SettingsTable();

// The table as Markdown, with its header.
std::string SettingsMarkdown();

// Reads the settings `purpose` needs; an empty variable counts as absent. Error: kInvalidArgument
// over everything that is wrong at once, each violation under the name of its variable. No value is
// ever repeated: somebody may have put a secret into the wrong variable.
absl::StatusOr<Settings> ReadSettings(const Environment& environment, Purpose purpose);

}  // namespace runners::server

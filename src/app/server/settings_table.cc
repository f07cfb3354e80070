#include <array>

#include "absl/time/time.h"

#include "app/server/setting_values.h"
#include "app/server/settings.h"

// The table of settings. A new one: its row here, and the field it is read into in settings.h.
namespace runners::server {
namespace {

using enum SettingKind;
using enum SettingReaders;
using Text = const std::string&;

constexpr char kNoDatabase[] =
    "must be given, or DATABASE_URL_FILE: the PostgreSQL database, as "
    "postgresql://USER@HOST/DATABASE";
constexpr char kNoTrust[] =
    "must be set by hand: CALLER_TRUST=mesh says that whoever reaches the port is vouched for, so "
    "set it only where the port is behind a mesh or on loopback";
constexpr char kOtherTrust[] =
    "must be mesh: whoever reaches the port is vouched for, so keep the port behind a mesh or on "
    "loopback; no other kind of trust is there yet";

std::string Keep(Text text, std::string& value) {
  value = text;
  return "";
}

constexpr std::array kTable = {
    Setting{"GRPC_ADDR", ":50051",
            "Where to listen, `HOST:PORT`; without a host on every interface, port 0 is any free "
            "one.",
            kPlain, kHealthCheck, "",
            [](Text text, Settings& s) { return ReadListenAddress(text, s.grpc_address); }},
    Setting{"DATABASE_URL", "",
            "The PostgreSQL database: a `postgresql://` URI or a connection string of libpq.",
            kSecret, kDatabaseCommands, kNoDatabase,
            [](Text text, Settings& s) { return ReadDatabaseUrl(text, s.database_url); }},
    Setting{"CALLER_TRUST", "",
            "`mesh`: whoever reaches the port is vouched for, so keep it behind a mesh or on "
            "loopback. Must be set by hand.",
            kPlain, kServerOnly, kNoTrust,
            [](Text text, Settings&) { return std::string(text == "mesh" ? "" : kOtherTrust); }},
    Setting{"MIGRATE_ON_START", "true",
            "Whether the server brings the schema up to date before it listens; `false`: it only "
            "verifies it.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) { return ReadFlag(text, s.migrate_on_start); }},
    Setting{"LOG_FORMAT", "json", "Lines on stderr as `json` or `text`.", kPlain, kServerOnly, "",
            [](Text text, Settings& s) { return ReadLogFormat(text, s.log_format); }},
    Setting{"LOG_LEVEL", "info", "The least that is logged: `debug`, `info`, `warn`, `error`.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) { return ReadLogLevel(text, s.log_level); }},
    Setting{"SHUTDOWN_TIMEOUT", "15s",
            "How long calls under way may go on after SIGTERM, 100ms to 10m.", kPlain, kServerOnly,
            "",
            [](Text text, Settings& s) {
              return ReadDuration(text, absl::Milliseconds(100), absl::Minutes(10),
                                  s.shutdown_timeout);
            }},
    Setting{"READINESS_INTERVAL", "1s",
            "How often the database is asked whether it answers, 50ms to 1m.", kPlain, kServerOnly,
            "",
            [](Text text, Settings& s) {
              return ReadDuration(text, absl::Milliseconds(50), absl::Minutes(1),
                                  s.readiness_interval);
            }},
    Setting{"DATABASE_CONNECTIONS", "8",
            "Connections for calls, each with a thread, 1 to 256; enrollments, background work and "
            "readiness take up to 4 more.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) {
              return ReadNumber(text, 1, 256, s.database_connections);
            }},
    Setting{"PREPARE_STATEMENTS", "false",
            "Whether statements are prepared on each connection, which saves planning them again "
            "and again; not behind PgBouncer in transaction mode.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) { return ReadFlag(text, s.prepare_statements); }},
    Setting{"DATABASE_QUEUE", "256",
            "Calls that may wait for one of these, 0 to 100000; more are answered `OVERLOADED`.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) { return ReadNumber(text, 0, 100'000, s.database_queue); }},
    Setting{"ENROLLMENT_THREADS", "8", "Enrollments under way at a time, 1 to 256.", kPlain,
            kServerOnly, "",
            [](Text text, Settings& s) { return ReadNumber(text, 1, 256, s.enrollment_threads); }},
    Setting{"ENROLLMENT_QUEUE", "64",
            "Enrollments that may wait, 0 to 100000; more are answered `OVERLOADED`.", kPlain,
            kServerOnly, "",
            [](Text text, Settings& s) {
              return ReadNumber(text, 0, 100'000, s.enrollment_queue);
            }},
    Setting{"ZITI_MANAGEMENT_URL", "",
            "The controller's Edge Management API, `https://HOST:PORT`. Without any `ZITI_` "
            "setting of a controller, enrolling answers `OVERLAY_NOT_CONFIGURED`.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) { return ReadEdgeUrl(text, s.overlay.management_url); }},
    Setting{"ZITI_CLIENT_URL", "", "Its Edge Client API as this server reaches it.", kPlain,
            kServerOnly, "",
            [](Text text, Settings& s) { return ReadEdgeUrl(text, s.overlay.client_url); }},
    Setting{"ZITI_RUNNER_URL", "",
            "The same as runners reach it; it is written into their identities. Absent: "
            "`ZITI_CLIENT_URL`.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) { return ReadEdgeUrl(text, s.overlay.runner_url); }},
    Setting{"ZITI_CA_FILE", "",
            "PEM file with the CAs of the controller's certificates, which are always verified.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) { return ReadReadableFile(text, s.overlay.ca_file); }},
    Setting{"ZITI_USERNAME", "", "Login at the controller, with `ZITI_PASSWORD`.", kPlain,
            kServerOnly, "",
            [](Text text, Settings& s) { return Keep(text, s.overlay.username); }},
    Setting{"ZITI_PASSWORD", "", "Its password.", kSecret, kServerOnly, "",
            [](Text text, Settings& s) {
              s.overlay.password = Secret(text);
              return std::string();
            }},
    Setting{"ZITI_CERT_FILE", "",
            "PEM file with a client certificate to log in with, instead of a password.", kPlain,
            kServerOnly, "",
            [](Text text, Settings& s) {
              return ReadReadableFile(text, s.overlay.certificate_file);
            }},
    Setting{"ZITI_KEY_FILE", "", "PEM file with the key of that certificate.", kPlain, kServerOnly,
            "", [](Text text, Settings& s) { return ReadReadableFile(text, s.overlay.key_file); }},
    Setting{"ZITI_ENROLLMENT_TIMEOUT", "2m",
            "The most an enrollment may take, when its caller would wait longer, 2s to 1h.", kPlain,
            kServerOnly, "",
            [](Text text, Settings& s) {
              return ReadDuration(text, absl::Seconds(2), absl::Hours(1), s.enrollment.timeout);
            }},
    Setting{"OVERLAY_WORKERS", "2",
            "Threads that bring the controller in line with the database, 1 to 64.", kPlain,
            kServerOnly, "",
            [](Text text, Settings& s) { return ReadNumber(text, 1, 64, s.worker_threads); }},
    Setting{"OVERLAY_WORK_INTERVAL", "1s", "How often each of them looks for work, 10ms to 10m.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) {
              return ReadDuration(text, absl::Milliseconds(10), absl::Minutes(10),
                                  s.worker_interval);
            }},
    Setting{"OVERLAY_WORK_TIMEOUT", "1m", "The most one piece of that work may take, 1s to 1h.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) {
              return ReadDuration(text, absl::Seconds(1), absl::Hours(1), s.worker.work_timeout);
            }},
    Setting{"OVERLAY_RECHECK_DELAY", "60s",
            "When a removal is looked at again, 100ms to 1h. Less than 60s is for tests: a "
            "controller may carry out a late write for so long.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) {
              return ReadDuration(text, absl::Milliseconds(100), absl::Hours(1),
                                  s.worker.recheck_delay);
            }},
    Setting{"OVERLAY_MAX_BACKOFF", "5m",
            "The longest wait before work that failed is tried again, 100ms to 1h; the first wait "
            "is at most 1s.",
            kPlain, kServerOnly, "",
            [](Text text, Settings& s) {
              return ReadDuration(text, absl::Milliseconds(100), absl::Hours(1),
                                  s.worker.max_backoff);
            }},
};

}  // namespace

std::span<const Setting> SettingsTable() {
  return kTable;
}

}  // namespace runners::server

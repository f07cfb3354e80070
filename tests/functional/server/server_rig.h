#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runners/client.h"
#include "tests/support/server_process.h"
#include "tests/support/temp_postgres.h"

// What the tests of the program share.
namespace runners::testing {

inline constexpr char kRunnersBinary[] = RUNNERS_BINARY_DIR "/runners";
inline constexpr char kAdmin[] = "00000000-0000-4000-8000-000000000001";

using Variables = std::map<std::string, std::string>;

// Options of a server on `database`, with the settings given.
inline ServerOptions OptionsFor(const TempDatabase& database, const Variables& more = {}) {
  ServerOptions options{kRunnersBinary, {{"DATABASE_URL", database.dsn().Reveal()}}};
  for (const auto& [name, value] : more) options.environment[name] = value;
  return options;
}

// A command of the program next to `database`.
inline CommandResult RunBeside(const TempDatabase& database,
                               const std::vector<std::string>& arguments) {
  return RunProgram(kRunnersBinary, arguments, {{"DATABASE_URL", database.dsn().Reveal()}});
}

inline client::Client ClientOf(const ServerProcess& server, const std::string& identity = kAdmin) {
  return client::Client({server.address(), IdentityId::Parse(identity), absl::Seconds(30)});
}

// Waits for a condition that nobody announces. Throws when it does not come in half a minute.
inline void Await(const std::function<bool()>& condition) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("waited in vain");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace runners::testing

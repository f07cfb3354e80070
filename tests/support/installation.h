#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runners/client.h"
#include "tests/support/controller_admin.h"
#include "tests/support/dev_controller_process.h"
#include "tests/support/faulty_gateway.h"
#include "tests/support/server_process.h"
#include "tests/support/temp_postgres.h"

namespace runners::testing {

// The cluster admin as whom the tests of whole installations call.
inline constexpr char kInstallationAdmin[] = "00000000-0000-4000-8000-000000000001";

// How the servers reach the controller. kWatched: through the gateway, which notes what they ask.
enum class ControllerPath { kDirect, kWatched };

struct InstallationOptions {
  std::string binaries;  // RUNNERS_BINARY_DIR in a test
  std::string server;    // the server's program; empty: that of `binaries`
  int replicas = 1;
  std::map<std::string, std::string> settings;  // of every replica, above its impatient defaults
  ControllerPath path = ControllerPath::kDirect;
};

// A whole installation, every part a process of its own: a database, a development controller and
// replicas of the server that look for work all the time. What cannot be started is thrown
// (std::runtime_error). Made by the main thread; thread-compatible, but for Connect.
class Installation {
 public:
  explicit Installation(InstallationOptions options);

  TempDatabase& database() { return database_; }
  DevControllerProcess& controller() { return controller_; }
  ControllerAdmin& admin() { return admin_; }
  FaultyGateway& gateway() { return *gateway_; }  // kWatched only
  ServerProcess& replica(std::size_t index = 0) { return *replicas_.at(index); }

  // A client of a replica as it runs now (it has another port after a restart), as the admin.
  client::Client Connect(std::size_t replica = 0, absl::Duration timeout = absl::Seconds(30)) const;

  // The single value of a statement; empty for NULL.
  std::string Value(const std::string& sql) const;

  // As if so much time had passed that every lease is over. To be called while no replica runs:
  // what has a lease then belongs to the dead.
  void EndLeases() const;

  // Sentences about what is not as it must be once all work is done: no attempt or work is open,
  // every row is closed, and the controller holds one service, one policy and the current identity
  // of each living runner and nothing else.
  std::vector<std::string> Disagreements();

  // Waits until there are none; throws with the last ones when that takes longer than `limit`.
  void AwaitAgreement(absl::Duration limit = absl::Seconds(30));

 private:
  TempDatabase database_;
  DevControllerProcess controller_;
  ControllerAdmin admin_;
  std::unique_ptr<FaultyGateway> gateway_;
  std::vector<std::unique_ptr<ServerProcess>> replicas_;
};

// HTTP status of a login at the controller's client API with an identity file: 200, or 401 once the
// identity is gone.
int LoginStatus(const std::string& identity_json);

}  // namespace runners::testing

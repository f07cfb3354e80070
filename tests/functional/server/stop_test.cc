#include <signal.h>

#include <future>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include "tests/functional/server/lost_controller.h"
#include "tests/functional/server/server_rig.h"

namespace runners::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Holds table runners so that every call that reads it waits.
class TableLock {
 public:
  explicit TableLock(const TempDatabase& database)
      : connection_(database.dsn().Reveal()), transaction_(connection_) {
    transaction_.exec("LOCK TABLE runners IN ACCESS EXCLUSIVE MODE");
  }
  void Release() { transaction_.commit(); }

 private:
  pqxx::connection connection_;
  pqxx::work transaction_;
};

void AwaitWaiter(const TempDatabase& database) {
  Await([&] {
    return !database
                .Query(
                    "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = "
                    "'runners'::regclass LIMIT 1")
                .empty();
  });
}

// A server with a controller that hangs, and an enrollment that waits for it.
class StuckServer {
 public:
  explicit StuckServer(const std::string& shutdown_timeout)
      : server_(OptionsFor(database_,
                           controller_.SettingsWith({{"SHUTDOWN_TIMEOUT", shutdown_timeout}}))) {
    if (RunBeside(database_, {"grant-admin", kAdmin}).exit_code != 0)
      throw std::runtime_error("grant");
    const auto registered = ClientOf(server_).Register({"stuck", {}, {}, {}});
    enrollment_ = std::async(std::launch::async, [this, token = registered->service_token] {
      return ClientOf(server_).Enroll(token).status();
    });
    Await([this] { return !database_.Query("SELECT 1 FROM enrollment_attempts LIMIT 1").empty(); });
  }

  ServerProcess& server() { return server_; }

 private:
  LostController controller_{LostController::Behaviour::kHangs};
  TempDatabase database_;
  ServerProcess server_;
  std::future<absl::Status> enrollment_;
};

TEST(ServerStop, IdleServerExitsWithZero) {
  const TempDatabase database;
  ServerProcess server(OptionsFor(database));

  server.Stop();

  EXPECT_THAT(server.log(), HasSubstr("server.stopped"));
}

TEST(ServerStop, SigintIsTheSame) {
  const TempDatabase database;
  ServerProcess server(OptionsFor(database));

  server.Signal(SIGINT);

  EXPECT_EQ(server.AwaitExit(), 0);
}

TEST(ServerStop, CallUnderWayEndsWellAndNewOnesAreTurnedAway) {
  const TempDatabase database;
  const std::string patient = database.dsn().Reveal() + " options='-c lock_timeout=30s'";
  ServerProcess server(OptionsFor(database, {{"DATABASE_URL", patient}}));
  client::Client client = ClientOf(server);
  ASSERT_TRUE(client.List({}, {}).ok());
  TableLock lock(database);
  auto listed = std::async(std::launch::async, [&] { return client.List({}, {}).status(); });
  AwaitWaiter(database);

  server.Signal(SIGTERM);
  server.AwaitLog("server.stop_requested");
  // The old connection may still be open, a new one is refused: unavailable in both cases. A call
  // that still came in waits for the lock, too.
  client::Client late({server.address(), IdentityId::Parse(kAdmin), absl::Milliseconds(500)});
  Await([&] { return late.List({}, {}).status().code() == absl::StatusCode::kUnavailable; });
  lock.Release();

  EXPECT_TRUE(listed.get().ok());
  EXPECT_EQ(server.AwaitExit(), 0);
  EXPECT_THAT(server.log(), Not(HasSubstr("server.stop_cut_short")));
}

TEST(ServerStop, HungControllerDoesNotHoldItUp) {
  StuckServer stuck("100ms");

  stuck.server().Signal(SIGTERM);

  EXPECT_EQ(stuck.server().AwaitExit(), 0);
  EXPECT_THAT(stuck.server().log(), HasSubstr("server.stop_cut_short"));
}

TEST(ServerStop, SecondSignalEndsItAtOnce) {
  StuckServer stuck("10m");
  stuck.server().Signal(SIGTERM);
  stuck.server().AwaitLog("server.stop_requested");

  stuck.server().Signal(SIGTERM);

  EXPECT_EQ(stuck.server().AwaitExit(), 128 + SIGTERM);
}

}  // namespace
}  // namespace runners::testing

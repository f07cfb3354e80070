#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/support/mutex.h"
#include "tests/functional/server/server_rig.h"
#include "tests/support/installation_calls.h"

namespace runners::testing {
namespace {

using ::testing::Each;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr std::size_t kReplicas = 2;
constexpr int kRunners = 24;
constexpr char kManagement[] = "/edge/management/v1";

InstallationOptions Watched() {
  InstallationOptions options = OfThisBuild(kReplicas);
  options.path = ControllerPath::kWatched;
  return options;
}

// How often each object was asked to be made (by name) or deleted (by path), over all replicas.
std::map<std::string, int> Writes(const FaultyGateway& gateway, const std::string& method,
                                  const std::string& collection) {
  const std::string path = std::string(kManagement) + "/" + collection;
  std::map<std::string, int> writes;
  for (const ScriptedRequest& request : gateway.requests()) {
    if (request.method != method || !request.path.starts_with(path)) continue;
    ++writes[method == "POST" ? nlohmann::json::parse(request.body).at("name").get<std::string>()
                              : request.path];
  }
  return writes;
}

// The sessions in which something was made there: each replica has its own.
std::set<std::string> Workers(const FaultyGateway& gateway) {
  std::set<std::string> sessions;
  for (const ScriptedRequest& request : gateway.requests()) {
    if (request.method == "POST" && !request.session.empty()) sessions.insert(request.session);
  }
  return sessions;
}

std::vector<RunnerId> RegisterMany(const Installation& installation) {
  std::vector<RunnerId> ids;
  Mutex mutex;
  std::vector<std::jthread> threads;
  for (std::size_t replica = 0; replica < kReplicas; ++replica) {
    threads.emplace_back([&, replica] {
      for (int i = 0; i < kRunners / static_cast<int>(kReplicas); ++i) {
        const client::Registered runner = RegisterAt(installation, "r", replica);
        const MutexLock lock(mutex);
        ids.push_back(runner.runner.id);
      }
    });
  }
  threads.clear();
  return ids;
}

TEST(WorkerRace, TwoReplicasOnOneQueueDoEachPieceOnce) {
  Installation installation(Watched());

  const std::vector<RunnerId> ids = RegisterMany(installation);
  installation.AwaitAgreement();

  const FaultyGateway& gateway = installation.gateway();
  for (const char* collection : {"services", "service-policies"}) {
    const std::map<std::string, int> made = Writes(gateway, "POST", collection);
    EXPECT_THAT(made, SizeIs(kRunners)) << collection;
    EXPECT_THAT(made, Each(Pair(::testing::_, 1))) << collection;
  }
  EXPECT_THAT(Workers(gateway), SizeIs(kReplicas)) << "only one of them has worked";

  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_TRUE(installation.Connect(i % kReplicas).Delete(ids[i]).ok());
  }
  installation.AwaitAgreement();

  for (const char* collection : {"services", "service-policies"}) {
    const std::map<std::string, int> deleted = Writes(gateway, "DELETE", collection);
    EXPECT_THAT(deleted, SizeIs(kRunners)) << collection;
    EXPECT_THAT(deleted, Each(Pair(::testing::_, 1))) << collection;
  }
}

// A replica that stands still keeps its work until the lease ends, and when it wakes up it must
// not undo what the other one did meanwhile.
TEST(WorkerRace, WorkerThatWakesUpAfterItsLeaseChangesNothing) {
  Installation installation(Watched());
  ServerProcess& sleeper = installation.replica(0);
  ServerProcess& other = installation.replica(1);
  other.Freeze();
  installation.gateway().Stall();
  const client::Registered runner = RegisterAt(installation, "r", 0);
  Await([&] {
    return installation.Value("SELECT count(*) FROM work WHERE claim_id IS NOT NULL") == "1";
  });
  sleeper.Freeze();
  installation.gateway().Resume();
  other.Thaw();
  installation.AwaitAgreement();
  ASSERT_TRUE(installation.Connect(1).Delete(runner.runner.id).ok());
  installation.AwaitAgreement();

  sleeper.Thaw();
  const client::Registered next = RegisterAt(installation, "next", 0);  // it is awake

  installation.AwaitAgreement();
  EXPECT_TRUE(installation.Connect(0).Get(next.runner.id).ok());
}

}  // namespace
}  // namespace runners::testing

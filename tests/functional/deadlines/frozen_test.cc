#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <pqxx/pqxx>

#include "absl/time/clock.h"

#include "adapters/grpc/method_policy.h"
#include "agynio/api/runners/v1/runners.grpc.pb.h"
#include "tests/functional/deadlines/every_rpc.h"
#include "tests/support/installation_calls.h"
#include "tests/support/rpc_call.h"

// A database or a controller that takes connections and answers nothing.
namespace runners::testing {
namespace {

namespace pb = agynio::api::runners::v1;

using grpc::StatusCode;
using ::testing::AnyOf;
using ::testing::Eq;

constexpr absl::Duration kOvershoot = absl::Milliseconds(250);
constexpr absl::Duration kTimeout = absl::Seconds(3);  // an enrollment keeps two of them for itself
constexpr absl::Duration kPlenty = absl::Seconds(30);

void Await(const std::function<bool()>& condition) {
  const absl::Time limit = absl::Now() + kPlenty;
  while (!condition()) {
    if (absl::Now() > limit) throw std::runtime_error("waited in vain");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// Thaws also when a test fails.
template <typename Part>
class Frozen {
 public:
  explicit Frozen(Part& part) : part_(part) { part_.Freeze(); }
  ~Frozen() { part_.Thaw(); }

 private:
  Part& part_;
};

// The best of up to three tries at every RPC: machines stall.
std::map<std::string, TimedAnswer> BestOfThree(const EveryRpc& every_rpc) {
  std::map<std::string, TimedAnswer> best = every_rpc.Call(kTimeout);
  const auto in_time = [](const auto& one) { return one.second.served < kTimeout + kOvershoot; };
  for (int i = 0; i < 2 && !std::all_of(best.begin(), best.end(), in_time); ++i) {
    for (const auto& [method, answer] : every_rpc.Call(kTimeout)) {
      if (answer.served < best.at(method).served) best[method] = answer;
    }
  }
  return best;
}

void ExpectAllWell(const EveryRpc& every_rpc) {
  for (const auto& [method, answer] : every_rpc.Call(kPlenty)) {
    EXPECT_THAT(answer.reason, AnyOf(Eq(""), Eq("RUNNER_NOT_FOUND"), Eq("GRANT_NOT_FOUND")))
        << method;
  }
}

std::string Connections(Installation& installation) {
  return installation.Value(
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
      "application_name LIKE 'runners%'");
}

TEST(EveryRpcTest, IsProbed) {
  Installation installation(OfThisBuild());
  std::vector<std::string> names;
  for (const auto& [method, answer] : EveryRpc(installation).Call(kPlenty)) names.push_back(method);
  std::vector<std::string> methods;
  for (const auto& method : grpc_server::MethodPolicies()) methods.emplace_back(method.name);

  EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(methods));
}

void FreezeDatabaseOnce(Installation& installation, const EveryRpc& every_rpc, int times) {
  {
    const Frozen frozen(installation.database().cluster());
    for (const auto& [method, answer] : BestOfThree(every_rpc)) {
      EXPECT_LT(answer.served, kTimeout + kOvershoot) << method;
      EXPECT_LT(answer.seen, kPlenty) << method;
      EXPECT_THAT(answer.reason, AnyOf(Eq("DEADLINE_EXCEEDED"), Eq("CANCELLED"),
                                       Eq("DATABASE_UNAVAILABLE"), Eq("COMMIT_IN_DOUBT")))
          << method;
      ::testing::Test::RecordProperty(
          method + "_late_ms", std::to_string(absl::ToInt64Milliseconds(answer.served - kTimeout)));
    }
    installation.replica().AwaitLog("readiness.lost", times);
  }
  installation.replica().AwaitLog("readiness.regained", times);
  ExpectAllWell(every_rpc);
}

// The first time warms everything up: what is lost then for good is not a leak.
TEST(FrozenDatabase, HoldsUpNobodyBeyondTheDeadlineAndCostsNothing) {
  Installation installation(OfThisBuild());
  const EveryRpc every_rpc(installation);
  FreezeDatabaseOnce(installation, every_rpc, 1);
  const std::size_t threads = ThreadsOf(installation.replica());

  FreezeDatabaseOnce(installation, every_rpc, 2);

  Await([&] { return ThreadsOf(installation.replica()) <= threads; });
  Await([&] { return std::stoi(Connections(installation)) <= 8 + 3 + 1; });
}

void FreezeControllerOnce(Installation& installation, const EveryRpc& every_rpc) {
  {
    const Frozen frozen(installation.controller());
    for (const auto& [method, answer] : BestOfThree(every_rpc)) {
      EXPECT_LT(answer.served, kTimeout + kOvershoot) << method;
      if (method == "EnrollRunner") {
        EXPECT_EQ(answer.reason, "OVERLAY_UNAVAILABLE");
      } else {
        EXPECT_THAT(answer.reason, AnyOf(Eq(""), Eq("RUNNER_NOT_FOUND"), Eq("GRANT_NOT_FOUND")))
            << method;
      }
    }
    EXPECT_EQ(installation.replica().log().find("readiness.lost"), std::string::npos);
  }
  ExpectAllWell(every_rpc);
}

TEST(FrozenController, HoldsUpNobodyBeyondTheDeadlineAndOnlyEnrollingFails) {
  Installation installation(OfThisBuild());
  const EveryRpc every_rpc(installation);
  FreezeControllerOnce(installation, every_rpc);
  const std::size_t threads = ThreadsOf(installation.replica());

  FreezeControllerOnce(installation, every_rpc);

  Await([&] { return ThreadsOf(installation.replica()) <= threads; });
}

// A call of DeleteRunner under way.
class CancellableDelete {
 public:
  CancellableDelete(const std::string& address, const std::string& id)
      : stub_(pb::RunnersService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))) {
    pb::DeleteRunnerRequest request;
    request.set_id(id);
    As(kInstallationAdmin).Within(kPlenty).Fill(context_);
    thread_ = std::jthread([this, request] {
      pb::DeleteRunnerResponse response;
      status_ = stub_->DeleteRunner(&context_, request, &response);
    });
  }

  void Cancel() { context_.TryCancel(); }
  grpc::Status Await() {
    thread_.join();
    return status_;
  }

 private:
  const std::unique_ptr<pb::RunnersService::Stub> stub_;
  grpc::ClientContext context_;
  grpc::Status status_;
  std::jthread thread_;
};

// Waiting for the lock that a transaction of the test holds, far from any timeout.
TEST(CallerWhoCancels, TakesTheStatementAlong) {
  Installation installation(OfThisBuild());
  const client::Registered registered = RegisterAt(installation, "wanted");
  pqxx::connection other(installation.database().dsn().Reveal());
  pqxx::work holder(other);
  holder.exec("SELECT FROM runners FOR UPDATE");
  const auto waiting = [&] {
    return !installation.database()
                .cluster()
                .AsSuperuser(
                    "SELECT FROM pg_stat_activity WHERE application_name = 'runners' AND "
                    "wait_event_type = 'Lock' AND datname = '" +
                    installation.database().name() + "'")
                .empty();
  };
  absl::Duration best = absl::InfiniteDuration();
  for (int i = 0; i < 3 && best > absl::Seconds(1); ++i) {
    CancellableDelete call(installation.replica().address(), registered.runner.id.text());
    Await(waiting);
    const absl::Time left = absl::Now();
    call.Cancel();
    EXPECT_EQ(call.Await().error_code(), StatusCode::CANCELLED);
    Await([&] { return !waiting(); });
    best = std::min(best, absl::Now() - left);
  }
  holder.abort();

  EXPECT_LT(best, absl::Seconds(1));  // a lock is waited for for two
  installation.replica().AwaitLog("\"reason\":\"CANCELLED\"");
  EXPECT_TRUE(installation.Connect().Get(registered.runner.id).ok());
}

}  // namespace
}  // namespace runners::testing

#include "adapters/openziti/object_removal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "adapters/openziti/edge_url.h"
#include "adapters/system/crypto.h"
#include "adapters/system/system_clock.h"
#include "core/support/error.h"
#include "core/support/mutex.h"
#include "tests/support/scripted_https_server.h"

namespace runners::openziti {
namespace {

using nlohmann::json;
using runners::testing::ScriptedAnswer;
using runners::testing::ScriptedHttpsServer;
using runners::testing::ScriptedRequest;

constexpr char kInstance[] = "11111111-0000-4000-8000-000000000001";
constexpr char kRunner[] = "a1b2c3d4-0000-4000-8000-000000000001";

struct Row {
  std::string collection;
  json fields;
};

json OurTags() {
  return {{"managed-by", "runners"}, {"instance-id", kInstance}, {"runner-id", kRunner}};
}

// A management API over a list of rows. It understands just the filters removal uses.
class RemovalFixture : public ::testing::Test {
 protected:
  RemovalFixture() {
    rows_ = {{"services", {{"id", "s"}, {"name", Service()}, {"tags", OurTags()}}},
             {"identities", {{"id", "i1"}, {"name", Service() + "-g1"}, {"tags", OurTags()}}},
             {"identities", {{"id", "i2"}, {"name", Service() + "-g2"}, {"tags", OurTags()}}}};
  }

  static std::string Service() { return std::string("runner-") + kRunner; }

  void AddTerminator(const std::string& id, const std::string& host) {
    const MutexLock lock(mutex_);
    rows_.push_back({"terminators", {{"id", id}, {"hostId", host}, {"serviceId", "s"}}});
  }

  std::vector<std::string> Ids(const std::string& collection) {
    const MutexLock lock(mutex_);
    std::vector<std::string> ids;
    for (const Row& row : rows_) {
      if (row.collection == collection) ids.push_back(row.fields["id"]);
    }
    return ids;
  }

  ScriptedAnswer Answer(const ScriptedRequest& request) {
    const std::string path = request.path.substr(std::string("/edge/management/v1/").size());
    if (path == "authenticate")
      return {200, R"({"data":{"expirationSeconds":1800,"token":"t"}})", ""};
    const MutexLock lock(mutex_);
    if (request.method == "GET") return List(path, request.target);
    const std::size_t slash = path.find('/');
    const std::size_t erased = std::erase_if(rows_, [&](const Row& row) {
      return row.collection == path.substr(0, slash) && row.fields["id"] == path.substr(slash + 1);
    });
    if (immortal_host_.empty() || path.find("terminators/") != 0) {
      return erased > 0 ? ScriptedAnswer{200, R"({"data":{},"meta":{}})", ""}
                        : ScriptedAnswer{404, R"({"error":{"code":"NOT_FOUND"}})", ""};
    }
    rows_.push_back(
        {"terminators", {{"id", path.substr(slash + 1) + "+"}, {"hostId", immortal_host_}}});
    return {200, R"({"data":{},"meta":{}})", ""};
  }

  ScriptedAnswer List(const std::string& collection, const std::string& target) {
    json data = json::array();
    for (const Row& row : rows_) {
      if (row.collection == collection && Matches(row.fields, target)) data.push_back(row.fields);
    }
    const std::size_t total = data.size();
    return {200, json{{"data", data}, {"meta", {{"pagination", {{"totalCount", total}}}}}}.dump(),
            ""};
  }

  static bool Matches(const json& row, const std::string& target) {
    const auto has = [&](const char* field, const char* key) {
      const std::string filter =
          "filter=" + UrlEncoded(std::string(field) + "=\"" + row.value(key, "") + "\"") + "&";
      return target.find(filter) != std::string::npos;
    };
    return has("name", "name") || has("hostId", "hostId") || has("service", "serviceId") ||
           (target.find(UrlEncoded("tags.runner-id=")) != std::string::npos &&
            row.contains("tags"));
  }

  absl::StatusOr<Removal> Remove(std::int64_t generation) {
    return removal_.RemoveGeneration(*RunnerId::Parse(kRunner), generation, Deadline());
  }
  absl::Time Deadline() const { return clock_.Now() + absl::Seconds(20); }

  OpenZitiOptions Options() {
    OpenZitiOptions options;
    options.ca_file = server_.ca_file();
    options.username = "admin";
    options.password = Secret("p");
    return options;
  }

  Mutex mutex_;
  std::vector<Row> rows_;
  std::string immortal_host_;  // a terminator of it comes back whenever one is deleted
  system::SystemClock clock_;
  NoFaults faults_;
  system::OsEntropy entropy_;
  ScriptedHttpsServer server_{[this](const ScriptedRequest& request) { return Answer(request); }};
  EdgeClient client_{Options(), *EdgeUrl::Parse(server_.url()), *EdgeUrl::Parse(server_.url()),
                     clock_, faults_};
  OwnedObjects objects_{client_, kInstance};
  const Repeats repeats_{clock_, entropy_, absl::Milliseconds(10)};
  ObjectRemoval removal_{client_, objects_, repeats_};
};

using Texts = std::vector<std::string>;

TEST_F(RemovalFixture, TerminatorsOfTheIdentityGoWithIt) {
  AddTerminator("t1", "i1");
  AddTerminator("t2", "i2");
  AddTerminator("t3", "i1");

  const auto removed = Remove(1);

  ASSERT_EQ(removed.status(), absl::OkStatus());
  EXPECT_EQ(*removed, Removal::kRemoved);
  EXPECT_EQ(Ids("identities"), Texts{"i2"});
  EXPECT_EQ(Ids("terminators"), Texts{"t2"});
}

TEST_F(RemovalFixture, TerminatorsAnEarlierTryLeftBehindGoToo) {
  AddTerminator("t1", "deleted-identity");
  AddTerminator("t2", "i2");
  AddTerminator("t3", "");

  const auto removed = Remove(9);

  ASSERT_EQ(removed.status(), absl::OkStatus());
  EXPECT_EQ(*removed, Removal::kRemoved);
  EXPECT_EQ(Ids("terminators"), (Texts{"t2", "t3"})) << "of a living identity, and of no identity";
  EXPECT_EQ(*Remove(9), Removal::kNothingThere);
}

TEST_F(RemovalFixture, TerminatorsThatKeepComingBackAreNotCalledRemoved) {
  AddTerminator("t1", "i1");
  immortal_host_ = "i1";

  EXPECT_TRUE(HasReason(Remove(1).status(), ErrorReason::kOverlayUnavailable));
}

TEST_F(RemovalFixture, RunnerGoesWithAllItsTerminators) {
  AddTerminator("t1", "i1");
  AddTerminator("t2", "deleted-identity");
  AddTerminator("t3", "");

  const auto removed = removal_.RemoveRunner(*RunnerId::Parse(kRunner), Deadline());

  ASSERT_EQ(removed.status(), absl::OkStatus());
  EXPECT_EQ(Ids("terminators"), Texts{});
  EXPECT_EQ(Ids("identities"), Texts{});
  EXPECT_EQ(Ids("services"), Texts{});
}

}  // namespace
}  // namespace runners::openziti

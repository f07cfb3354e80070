#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/functional/ctl/ctl_fixture.h"

namespace runners::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class EnrollCommandTest : public CtlFixture {
 protected:
  EnrollCommandTest() : id_(Register("first")) {}

  Words Enroll(const Words& more = {}) const {
    Words arguments = {"enroll", "--token-file", Path("first.token"), "--out", Path("first.json")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  // Nothing but the token file is there: no identity, and no part of one.
  bool OnlyTheTokenIsThere() const {
    return std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()) == 1;
  }

  const std::string id_;
};

TEST_F(EnrollCommandTest, WritesAWholeIdentityForItsOwnerOnly) {
  const std::string out = Out(Enroll());

  const Json identity = Json::parse(FileContent(Path("first.json")));
  EXPECT_TRUE(identity.contains("ztAPI"));
  struct stat found {};
  ASSERT_EQ(stat(Path("first.json").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0600U);
  EXPECT_THAT(out, ContainsRegex("OpenZiti service +runner-" + id_ + "\n"));
  EXPECT_EQ(OutJson({"get", id_}).at("status"), "enrolled");
}

TEST_F(EnrollCommandTest, KeyIsMadeHereUnlessTheServiceIsToMakeIt) {
  Out(Enroll());
  const Json own = Json::parse(FileContent(Path("first.json"))).at("id");
  Out(Enroll({"--force", "--server-key"}));
  const Json servers = Json::parse(FileContent(Path("first.json"))).at("id");

  EXPECT_THAT(own.at("key").get<std::string>(), HasSubstr("pem:-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_THAT(servers.at("key").get<std::string>(), HasSubstr("pem:fake key of "));
  for (const Json& id : {own, servers}) {
    EXPECT_TRUE(id.contains("cert"));
    EXPECT_TRUE(id.contains("ca"));
  }
}

TEST_F(EnrollCommandTest, ShowsNeitherTokenNorKey) {
  const std::string token = FileContent(Path("first.token")).substr(0, 64);

  const CtlResult table = Ctl(Enroll());
  const std::string key = Json::parse(FileContent(Path("first.json"))).at("id").at("key");
  const CtlResult json = Ctl(Enroll({"--force", "-o", "json"}));
  const CtlResult quiet = Ctl(Enroll({"--force", "-q"}));

  EXPECT_EQ(Json::parse(json.out).at("identity_file"), Path("first.json"));
  for (const CtlResult& result : {table, json, quiet}) {
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out + result.err, AllOf(Not(HasSubstr(token)), Not(HasSubstr(key))));
  }
}

TEST_F(EnrollCommandTest, NeedsNoIdentityButTheToken) {
  EXPECT_EQ(RunCtl(Enroll(), By(kStrangerId)).code, 0);
}

TEST_F(EnrollCommandTest, RefusesAnIdentityFileThatIsThereBeforeAnyCall) {
  Out(Enroll());
  const std::string before = FileContent(Path("first.json"));
  const int calls = rig_.overlay().calls();

  const CtlResult result = Ctl(Enroll());

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("exists already"));
  EXPECT_EQ(FileContent(Path("first.json")), before);
  EXPECT_EQ(rig_.overlay().calls(), calls);
}

TEST_F(EnrollCommandTest, ForceReplacesTheIdentity) {
  Out(Enroll());
  const std::string before = FileContent(Path("first.json"));

  Out(Enroll({"--force"}));

  EXPECT_NE(FileContent(Path("first.json")), before);
}

TEST_F(EnrollCommandTest, AFailedEnrollmentLeavesTheFileBefore) {
  Out(Enroll());
  const std::string before = FileContent(Path("first.json"));
  rig_.overlay().GoAway();

  EXPECT_EQ(Ctl(Enroll({"--force"})).code, 1);

  EXPECT_EQ(FileContent(Path("first.json")), before);
}

TEST_F(EnrollCommandTest, WithoutWaitACallThatIsUnavailableIsNotRepeated) {
  rig_.overlay().GoAway();

  const CtlResult result = Ctl(Enroll());

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, ContainsRegex("^runnersctl: .* \\(OVERLAY_UNAVAILABLE\\)\n$"));
  EXPECT_TRUE(OnlyTheTokenIsThere());
}

TEST_F(EnrollCommandTest, WaitsUntilTheServiceIsAvailable) {
  rig_.overlay().GoAway();
  CtlSurroundings surroundings = By(kStrangerId);
  int pauses = 0;
  surroundings.on_pause = [&] {
    if (++pauses == 2) rig_.overlay().ComeBack();
  };

  const CtlResult result = RunCtl(Enroll({"--wait", "5m"}), surroundings);

  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(pauses, 2);
  EXPECT_THAT(result.err, HasSubstr("(OVERLAY_UNAVAILABLE); trying again in "));
  EXPECT_TRUE(fs::exists(Path("first.json")));
}

TEST_F(EnrollCommandTest, GivesUpWaitingWithTheLastFailure) {
  rig_.overlay().GoAway();

  const CtlResult result = Ctl(Enroll({"--wait", "1m"}));

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, ContainsRegex("\nrunnersctl: [^\n]* \\(OVERLAY_UNAVAILABLE\\)\n$"));
  EXPECT_TRUE(OnlyTheTokenIsThere());
}

TEST_F(EnrollCommandTest, ATokenThatIsNotLiveIsRefusedAtOnce) {
  folder_.Write("first.token", std::string(64, '0') + "\n");

  const CtlResult result = Ctl(Enroll({"--wait", "5m"}));

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, ContainsRegex("^runnersctl: [^\n]* \\(SERVICE_TOKEN_NOT_FOUND\\)\n$"));
  EXPECT_THAT(result.err, Not(HasSubstr(std::string(64, '0'))));
  EXPECT_TRUE(OnlyTheTokenIsThere());
}

}  // namespace
}  // namespace runners::testing

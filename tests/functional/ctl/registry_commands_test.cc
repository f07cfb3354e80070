#include <sys/stat.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/functional/ctl/ctl_fixture.h"
#include "tests/support/server_process.h"

namespace runners::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

mode_t ModeOf(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777U;
}

class RegistryCommandsTest : public CtlFixture {};

TEST_F(RegistryCommandsTest, RegisterShowsTheTokenThisOnce) {
  const std::string out = Out({"register", "--name", "first", "--label", "region=eu"});

  EXPECT_THAT(out, ContainsRegex("Name +first\n"));
  EXPECT_THAT(out, ContainsRegex("Status +pending\n"));
  EXPECT_THAT(out, ContainsRegex("shown this once.*:\n[0-9a-f]{64}\n$"));
  const std::string token = out.substr(out.size() - 65, 64);
  const std::string id = OutId({"list"});
  for (const Words& arguments : {Words{"get", id}, Words{"list"}, Words{"list", "-o", "json"},
                                 Words{"update", id, "--name", "second"}}) {
    EXPECT_THAT(Out(arguments), Not(HasSubstr(token)));
  }
}

TEST_F(RegistryCommandsTest, RegisterAnswersJsonWithTheToken) {
  const Json json = OutJson({"register", "--name", "first", "--org", kAcmeId, "--label", "a=1",
                             "--capability", "docker", "--capability", "gpu"});

  EXPECT_EQ(json.at("service_token").get<std::string>().size(), 64U);
  const Json& runner = json.at("runner");
  EXPECT_EQ(runner.at("organization_id"), kAcmeId);
  EXPECT_EQ(runner.at("labels"), Json::parse(R"({"a": "1"})"));
  EXPECT_EQ(runner.at("capabilities"), Json::parse(R"(["docker", "gpu"])"));
  EXPECT_EQ(runner.at("status"), "pending");
}

TEST_F(RegistryCommandsTest, RegisterMayBeRepeatedAndIsWhenTheDatabaseWasAway) {
  TempDatabase& database = rig_.database().database();
  const auto limit_connections = [&database](int limit) {
    database.cluster().AsSuperuser("ALTER DATABASE \"" + database.name() + "\" CONNECTION LIMIT " +
                                   std::to_string(limit));
  };
  limit_connections(0);
  database.KillConnections();
  CtlSurroundings patient = By(kAdminId);
  patient.on_pause = [&] { limit_connections(-1); };

  const CtlResult result =
      RunCtl({"register", "--name", "first", "--token-out", Path("first.token")}, patient);

  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("(DATABASE_UNAVAILABLE); trying again in "));
  EXPECT_EQ(rig_.database().Value("SELECT count(register_request_id) FROM runners"), "1");
}

TEST_F(RegistryCommandsTest, RegisterMakesAnotherRunnerEachTime) {
  EXPECT_NE(Register("first"), Register("second"));
  EXPECT_EQ(rig_.database().Value("SELECT count(DISTINCT register_request_id) FROM runners"), "2");
}

TEST_F(RegistryCommandsTest, RegisterKeepsTheTokenInAPrivateFile) {
  const std::string out = Out({"register", "--name", "first", "--token-out", Path("first.token")});

  const std::string token = FileContent(Path("first.token"));
  EXPECT_THAT(token, ContainsRegex("^[0-9a-f]{64}\n$"));
  EXPECT_THAT(out, AllOf(ContainsRegex("Service token +in .*first.token\n"),
                         Not(HasSubstr(token.substr(0, 64)))));
  EXPECT_EQ(ModeOf(Path("first.token")), 0600U);
}

TEST_F(RegistryCommandsTest, RegisterRefusesATokenFileThatIsThereBeforeAnyCall) {
  folder_.Write("first.token", "old");

  const CtlResult result = Ctl({"register", "--name", "first", "--token-out", Path("first.token")});

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("exists already"));
  EXPECT_EQ(FileContent(Path("first.token")), "old");
  EXPECT_EQ(Out({"list", "-q"}), "") << "a runner was registered";
}

TEST_F(RegistryCommandsTest, RegisterRefusesAPlaceThatCannotBeWrittenBeforeAnyCall) {
  const CtlResult result =
      Ctl({"register", "--name", "first", "--token-out", Path("missing/first.token")});

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("No such file or directory"));
  EXPECT_EQ(Out({"list", "-q"}), "") << "a runner was registered";
}

TEST_F(RegistryCommandsTest, RegisterReplacesATokenFileWhenForced) {
  folder_.Write("first.token", "old");

  Out({"register", "--name", "first", "--token-out", Path("first.token"), "--force"});

  EXPECT_THAT(FileContent(Path("first.token")), ContainsRegex("^[0-9a-f]{64}\n$"));
}

TEST_F(RegistryCommandsTest, RegisterThatIsRefusedLeavesNoFile) {
  const CtlResult result =
      RunCtl({"register", "--name", "mine", "--org", kAcmeId, "--token-out", Path("mine.token")},
             By(kMemberId));

  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "runnersctl: permission denied (PERMISSION_DENIED)\n");
  EXPECT_THROW(FileContent(Path("mine.token")), std::runtime_error);
}

TEST_F(RegistryCommandsTest, RegisterTellsAPersonWhatToDoNext) {
  CtlSurroundings terminal = By(kAdminId);
  terminal.audience = ctl::Audience::kTerminal;

  const CtlResult result =
      RunCtl({"register", "--name", "first", "--token-out", Path("a b.token")}, terminal);

  EXPECT_THAT(result.out,
              HasSubstr("\n  runnersctl --server " + rig_.replica().server().address() +
                        " enroll --token-file '" + Path("a b.token") + "' --out identity.json\n"));
}

TEST_F(RegistryCommandsTest, RegisterShowsWhatBreaksARule) {
  const CtlResult result = Ctl({"register", "--name", " ", "--label", "a=1"});

  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "runnersctl: name: must not be empty (INVALID_ARGUMENT)\n");
}

TEST_F(RegistryCommandsTest, GetShowsARunnerInEveryFormat) {
  const std::string id = Register("first");

  EXPECT_THAT(Out({"get", id}),
              StartsWith("ID                " + id + "\nName              first\n"));
  EXPECT_EQ(OutJson({"get", id}).at("name"), "first");
  EXPECT_EQ(OutId({"get", id}), id);
}

TEST_F(RegistryCommandsTest, GetOfAnUnknownRunnerFails) {
  const CtlResult result = Ctl({"get", "11111111-2222-4333-8444-555555555555"});

  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "runnersctl: runner not found (RUNNER_NOT_FOUND)\n");
}

TEST_F(RegistryCommandsTest, ListShowsRunnersInEveryFormat) {
  EXPECT_EQ(Out({"list"}), "No runners.\n");
  const std::string first = Register("first");
  const std::string second = Register("second", {"--label", "a=1"});

  EXPECT_EQ(Out({"list", "-q"}), first + "\n" + second + "\n");
  EXPECT_EQ(OutJson({"list"}).at(1).at("id"), second);
  EXPECT_THAT(Out({"list"}), ContainsRegex("^ID +NAME +SCOPE +STATUS +LABELS .*\n" + first +
                                           "  first   cluster  pending  -      .*\n" + second +
                                           "  second .*a=1 "));
}

TEST_F(RegistryCommandsTest, ListFilters) {
  const std::string plain = Register("plain");
  const std::string labelled = Register("labelled", {"--label", "a=1", "--label", "b=2"});
  const std::string able = Register("able", {"--capability", "gpu"});
  const std::string ours = Register("ours", {"--org", kAcmeId});
  const std::string theirs = Register("theirs", {"--org", kGlobexId});
  const std::string enrolled = RegisterEnrolled("enrolled");

  EXPECT_EQ(OutId({"list", "--label", "a=1", "--label", "b=2"}), labelled);
  EXPECT_EQ(OutId({"list", "--capability", "gpu"}), able);
  EXPECT_EQ(OutId({"list", "--status", "enrolled", "--status", "offline"}), enrolled);
  EXPECT_EQ(OutId({"list", "--name-prefix", "pl"}), plain);
  EXPECT_EQ(OutId({"list", "--limit", "1"}), plain);
  const std::string for_acme = Out({"list", "-q", "--org", kAcmeId});
  EXPECT_THAT(for_acme, AllOf(HasSubstr(ours), HasSubstr(plain), Not(HasSubstr(theirs))));
}

TEST_F(RegistryCommandsTest, ListFollowsPagesToTheEndOrTheLimit) {
  constexpr int kRunners = 103;  // a page has 100
  for (int i = 0; i < kRunners; ++i) rig_.Register("runner");

  EXPECT_EQ(OutJson({"list"}).size(), 103U);
  EXPECT_EQ(OutJson({"list", "--limit", "101"}).size(), 101U);
  EXPECT_EQ(OutJson({"list", "--limit", "5"}).size(), 5U);
}

TEST_F(RegistryCommandsTest, UpdateReplacesWhatIsNamedAndKeepsTheRest) {
  const std::string id =
      Register("first", {"--label", "a=1", "--label", "b=2", "--capability", "docker"});

  const Json json = OutJson({"update", id, "--name", "second", "--label", "c=3"});

  EXPECT_EQ(json.at("name"), "second");
  EXPECT_EQ(json.at("labels"), Json::parse(R"({"c": "3"})"));
  EXPECT_EQ(json.at("capabilities"), Json::parse(R"(["docker"])"));
  EXPECT_EQ(OutJson({"get", id}), json);
}

TEST_F(RegistryCommandsTest, UpdateClears) {
  const std::string id = Register("first", {"--label", "a=1", "--capability", "docker"});

  EXPECT_THAT(Out({"update", id, "--clear-labels"}), ContainsRegex("Labels +-\n"));
  const Json json = OutJson({"update", id, "--clear-capabilities"});

  EXPECT_EQ(json.at("labels"), Json::object());
  EXPECT_EQ(json.at("capabilities"), Json::array());
}

TEST_F(RegistryCommandsTest, UpdateWithAStaleEtagChangesNothing) {
  const std::string id = Register("first");
  const std::string etag = OutJson({"get", id}).at("etag");
  EXPECT_EQ(OutId({"update", id, "--name", "second", "--etag", etag}), id);

  const CtlResult result = Ctl({"update", id, "--name", "third", "--etag", etag});

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("(ETAG_MISMATCH)\n"));
  EXPECT_EQ(OutJson({"get", id}).at("name"), "second");
}

TEST_F(RegistryCommandsTest, UpdateToAnEmptyNameIsForTheServiceToRefuse) {
  const std::string id = Register("first");

  const CtlResult result = Ctl({"update", id, "--name="});

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("(INVALID_ARGUMENT)"));
}

TEST_F(RegistryCommandsTest, DeleteDeletesInEveryFormat) {
  const std::string first = Register("first");
  const std::string second = Register("second");
  const std::string third = Register("third");

  EXPECT_EQ(Out({"delete", first}), "Deleted runner " + first + ".\n");
  EXPECT_EQ(OutJson({"delete", second}).at("deleted"), true);
  EXPECT_EQ(OutId({"delete", third}), third);
  EXPECT_EQ(Out({"list"}), "No runners.\n");
}

TEST_F(RegistryCommandsTest, DeleteWithAStaleEtagDeletesNothing) {
  const std::string id = Register("first");
  const std::string etag = OutJson({"get", id}).at("etag");
  Out({"update", id, "--name", "second"});

  const CtlResult result = Ctl({"delete", id, "--etag", etag});

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("(ETAG_MISMATCH)\n"));
  EXPECT_EQ(OutId({"list"}), id);
}

TEST_F(RegistryCommandsTest, NamesThatWouldTurnATerminalsTextAreEscaped) {
  const std::string hostile =
      "first\xE2\x80\xAE"
      "eman";
  const std::string id = OutId({"register", "--name", hostile, "--token-out", Path("first.token")});
  CtlSurroundings terminal = By(kAdminId);
  terminal.audience = ctl::Audience::kTerminal;

  for (const Words& arguments : {Words{"get", id}, Words{"list"}}) {
    EXPECT_THAT(RunCtl(arguments, terminal).out, HasSubstr("first\\xe2\\x80\\xaeeman"));
  }
  EXPECT_THAT(RunCtl({"get", id, "-o", "json"}, terminal).out, HasSubstr("first\\u202eeman"));
  EXPECT_EQ(OutJson({"get", id}).at("name"), hostile) << "a program gets the name as it is";
}

TEST_F(RegistryCommandsTest, TheProgramItselfHasTheSameAnswersAndExitCodes) {
  const std::map<std::string, std::string> environment = By(kAdminId).environment;
  const auto run = [&](const Words& arguments) {
    return RunProgram(RUNNERS_BINARY_DIR "/runnersctl", arguments, environment);
  };
  const std::string id = Register("first");

  EXPECT_EQ(run({"list", "-q"}).out, id + "\n");
  EXPECT_EQ(run({"list", "-q"}).exit_code, 0);
  EXPECT_EQ(run({"get", kAcmeId}).err, "runnersctl: runner not found (RUNNER_NOT_FOUND)\n");
  EXPECT_EQ(run({"get", kAcmeId}).exit_code, 1);
  EXPECT_EQ(run({"select", "--org", kAcmeId}).exit_code, 2);
  EXPECT_EQ(run({"get", "x"}).exit_code, 64);
}

}  // namespace
}  // namespace runners::testing

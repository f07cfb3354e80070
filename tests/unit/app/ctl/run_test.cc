#include "app/ctl/run.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "app/ctl/failure.h"
#include "tests/support/ctl_run.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/app/ctl/ctl_samples.h"

namespace runners::ctl {
namespace {

using runners::testing::CtlResult;
using runners::testing::RunCtl;
using runners::testing::TempFolder;
using ::testing::HasSubstr;
using ::testing::Not;

// Nobody listens there: a command that calls it fails with exit code 1.
constexpr char kNowhere[] = "127.0.0.1:1";

struct WrongLine {
  std::vector<std::string> arguments;
  std::string sentence;
};

TEST(Run, AWrongCommandLineIsExplainedAndNothingIsCalled) {
  const std::string id = kSampleId;
  const std::vector<WrongLine> lines = {
      {{}, "a command is required (usage: runnersctl --help)"},
      {{"bogus"}, "'bogus' is not a command (usage: runnersctl --help)"},
      {{"--bogus", "list"}, "'--bogus' is not an option of this command"},
      {{"list", "--bogus=secret"},
       "'--bogus' is not an option of this command (usage: runnersctl l"},
      {{"list", "more"}, "'more' is one argument too many"},
      {{"list", "-q", "-o", "json"}, "excludes"},
      {{"list", "-o", "yaml"}, "--output must be table or json, not 'yaml'"},
      {{"list", "--limit", "0"}, "--limit must be a whole number from 1, not '0'"},
      {{"list", "--status", "dead"}, "--status must be pending, enrolled or offline"},
      {{"list", "--server", "nowhere"}, "--server must be HOST:PORT, not 'nowhere'"},
      {{"list", "--identity", "me"}, "--identity must be a UUID, not 'me'"},
      {{"list", "--timeout", "5"}, "--timeout must be a time"},
      {{"list", "--timeout"}, "--timeout: 1 required"},
      {{"register"}, "--name is required (usage: runnersctl register --help)"},
      {{"register", "--name", "a", "--name", "b"}, "--name"},
      {{"register", "--name", "a", "--label", "b"}, "--label must be KEY=VALUE, not 'b'"},
      {{"register", "--name", "a", "--label", "b=1", "c=2"}, "'c=2' is one argument too many"},
      {{"register", "--name", "a", "--org", "x"}, "--org must be a UUID"},
      {{"register", "--name", "a\xFF"}, "--name must be UTF-8"},
      {{"register", "--name", "a", "--force"}, "--force requires --token-out"},
      {{"register", "--name", "a", "-q"}, "--quiet shows no token, and it cannot be had later"},
      {{"enroll", "--out", "x"}, "--token-file is required"},
      {{"enroll", "--token-file", "x"}, "--out is required"},
      {{"enroll", "--token-file", "x", "--out", "y", "--wait", "2"}, "--wait must be a time"},
      {{"get"}, "ID is required (usage: runnersctl get --help)"},
      {{"get", "list"}, "ID must be a UUID, not 'list'"},
      {{"update", id}, "there is nothing to change"},
      {{"update", id, "--etag", "e1"}, "there is nothing to change"},
      {{"update", id, "--name", "a", "--etag="}, "--etag must not be empty"},
      {{"update", id, "--label", "a=1", "--clear-labels"}, "excludes"},
      {{"update", id, "--capability", "a", "--clear-capabilities"}, "excludes"},
      {{"delete", "x"}, "ID must be a UUID"},
      {{"delete", id, "--etag=", "-q"}, "--etag must not be empty"},
      {{"select"}, "--org is required"},
      {{"select", "--org", id, "--exclude", "x"}, "--exclude must be a UUID"},
      {{"grant", "x", "owner", "cluster:global"}, "IDENTITY must be a UUID"},
      {{"grant", id, "king", "cluster:global"}, "RELATION must be admin, owner or member"},
      {{"revoke", id, "owner", "x"}, "OBJECT must be cluster:global or organization:UUID"},
      {{"grants", "--holder", "x"}, "--holder must be a UUID"},
      {{"grants", "--object", "x"}, "--object must be"},
  };
  for (const WrongLine& line : lines) {
    const CtlResult result =
        RunCtl(line.arguments, {.environment = {{"RUNNERS_SERVER", kNowhere}}});

    EXPECT_EQ(result.code, kExitUsage) << line.sentence;
    EXPECT_THAT(result.err, HasSubstr("runnersctl: ")) << line.sentence;
    EXPECT_THAT(result.err, HasSubstr(line.sentence));
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
    EXPECT_EQ(result.out, "") << line.sentence;
  }
}

TEST(Run, AServiceTokenInAWrongPlaceIsNotRepeated) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {kSampleToken},
           {"list", kSampleToken},
           {"list", std::string("--token=") + kSampleToken},
           {"get", kSampleToken},
           {"enroll", "--token-file", kSampleToken, "--out", "x"}}) {
    const CtlResult result = RunCtl(arguments, {.environment = {{"RUNNERS_SERVER", kNowhere}}});

    EXPECT_EQ(result.code, kExitUsage);
    EXPECT_THAT(result.err, Not(HasSubstr(kSampleToken)));
  }
}

TEST(Run, HelpNamesCommandsEnvironmentAndExitCodes) {
  const CtlResult result = RunCtl({"--help"});

  EXPECT_EQ(result.code, kExitOk);
  for (const char* word :
       {"register", "enroll", "list", "get", "update", "delete", "select", "grant", "revoke",
        "grants", "version", "RUNNERS_SERVER", "RUNNERS_IDENTITY", "no runner qualifies", "64"}) {
    EXPECT_THAT(result.out, HasSubstr(word));
  }
  EXPECT_EQ(result.err, "");
}

TEST(Run, HelpOfACommandNamesItsOptions) {
  const CtlResult result = RunCtl({"update", "--help"});

  EXPECT_EQ(result.code, kExitOk);
  EXPECT_THAT(result.out, HasSubstr("--clear-capabilities"));
  EXPECT_THAT(result.out, HasSubstr("runnersctl --help"));
}

TEST(Run, VersionComesInEveryFormat) {
  EXPECT_EQ(RunCtl({"version"}).out, "runnersctl " RUNNERS_VERSION "\n");
  EXPECT_EQ(RunCtl({"version", "-q"}).out, RUNNERS_VERSION "\n");
  EXPECT_EQ(RunCtl({"-o", "json", "version"}).out,
            "{\n  \"version\": \"" RUNNERS_VERSION "\"\n}\n");
}

TEST(Run, AServerThatIsAwayIsAFailureWithItsAddress) {
  const CtlResult result = RunCtl({"list", "--server", kNowhere});

  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_EQ(result.err,
            "runnersctl: cannot reach 127.0.0.1:1: is the server running there? (UNAVAILABLE)\n");
}

TEST(Run, AnOptionCountsBeforeTheEnvironment) {
  const CtlResult result =
      RunCtl({"list", "--server", kNowhere}, {.environment = {{"RUNNERS_SERVER", "127.0.0.1:2"}}});

  EXPECT_THAT(result.err, HasSubstr("cannot reach 127.0.0.1:1:"));
}

TEST(Run, AWrongEnvironmentIsNamed) {
  const CtlResult result = RunCtl({"list"}, {.environment = {{"RUNNERS_IDENTITY", "me"}}});

  EXPECT_EQ(result.code, kExitUsage);
  EXPECT_THAT(result.err, HasSubstr("RUNNERS_IDENTITY must be a UUID, not 'me'"));
}

TEST(Run, AnEmptyVariableCountsAsNone) {
  const CtlResult result =
      RunCtl({"list"}, {.environment = {{"RUNNERS_SERVER", kNowhere}, {"RUNNERS_IDENTITY", ""}}});

  EXPECT_EQ(result.code, kExitFailed);
}

TEST(Run, AnEmptyValueTakesNothingOfWhatFollows) {
  const CtlResult result = RunCtl({"list", "--name-prefix=", "--server", kNowhere});

  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.err, HasSubstr(kNowhere));
}

TEST(Run, AFileThatHoldsNoTokenIsNotSent) {
  const TempFolder folder;
  const std::string out = folder.path() + "/identity.json";
  for (const std::string content : {"", " \n", "a\xFF", "a\nb"}) {
    const CtlResult result = RunCtl({"enroll", "--token-file", folder.Write("token", content),
                                     "--out", out, "--server", kNowhere});

    EXPECT_EQ(result.code, kExitFailed);
    EXPECT_THAT(result.err, Not(HasSubstr("cannot reach"))) << content;
  }
}

}  // namespace
}  // namespace runners::ctl

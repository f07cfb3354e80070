#include "app/server/settings.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/support/error.h"
#include "tests/support/temp_folder.h"

namespace runners::server {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// The least a server starts with.
Environment Least() {
  return {{"DATABASE_URL", "postgresql://runners@127.0.0.1/runners"}, {"CALLER_TRUST", "mesh"}};
}

Environment With(Environment environment, const Environment& more) {
  for (const auto& [name, value] : more) environment[name] = value;
  return environment;
}

// The names of what is wrong, in the order of the report.
std::vector<std::string> WrongIn(const Environment& environment,
                                 Purpose purpose = Purpose::kServe) {
  const auto settings = ReadSettings(environment, purpose);
  if (settings.ok()) return {};
  EXPECT_TRUE(HasReason(settings.status(), ErrorReason::kInvalidArgument));
  std::vector<std::string> names;
  for (const FieldViolation& violation : DetailOf(settings.status()).violations) {
    names.push_back(violation.field);
  }
  return names;
}

// Everything the report says.
std::string ReportOf(const Environment& environment) {
  const auto settings = ReadSettings(environment, Purpose::kServe);
  if (settings.ok()) return "";
  std::string text(MessageOf(settings.status()));
  for (const FieldViolation& violation : DetailOf(settings.status()).violations) {
    text += "\n" + violation.field + " " + violation.description;
  }
  return text;
}

// Settings of a controller, complete; files are those of `folder`.
Environment Controller(const testing::TempFolder& folder) {
  return With(Least(), {{"ZITI_MANAGEMENT_URL", "https://ziti.example:1280/edge/management/v1"},
                        {"ZITI_CLIENT_URL", "https://ziti.example:1280/edge/client/v1"},
                        {"ZITI_CA_FILE", folder.Write("ca.pem", "certificates")},
                        {"ZITI_USERNAME", "runners"},
                        {"ZITI_PASSWORD", "planted-password"}});
}

TEST(Settings, DefaultsAreThoseOfTheTable) {
  const auto settings = ReadSettings(Least(), Purpose::kServe);

  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->grpc_address, ":50051");
  EXPECT_TRUE(settings->migrate_on_start);
  EXPECT_EQ(settings->log_format, system::LogFormat::kJson);
  EXPECT_EQ(settings->log_level, system::LogLevel::kInfo);
  EXPECT_EQ(settings->database_connections, 8);
  EXPECT_FALSE(settings->prepare_statements);
  EXPECT_EQ(settings->enrollment.timeout, absl::Minutes(2));
  EXPECT_EQ(settings->worker.recheck_delay, absl::Seconds(60));
  EXPECT_EQ(settings->shutdown_timeout, absl::Seconds(15));
  EXPECT_FALSE(settings->overlay_configured());
}

TEST(Settings, EveryDefaultIsWithinItsBounds) {
  for (const Setting& setting : SettingsTable()) {
    if (setting.default_text.empty()) continue;
    Settings settings;
    EXPECT_EQ(setting.read(std::string(setting.default_text), settings), "") << setting.name;
  }
}

TEST(Settings, GivenValuesWinOverDefaults) {
  const auto settings = ReadSettings(With(Least(), {{"GRPC_ADDR", "127.0.0.1:0"},
                                                    {"MIGRATE_ON_START", "false"},
                                                    {"LOG_FORMAT", "text"},
                                                    {"LOG_LEVEL", "debug"},
                                                    {"DATABASE_CONNECTIONS", "3"},
                                                    {"PREPARE_STATEMENTS", "true"},
                                                    {"SHUTDOWN_TIMEOUT", "1m30s"}}),
                                     Purpose::kServe);

  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->grpc_address, "127.0.0.1:0");
  EXPECT_FALSE(settings->migrate_on_start);
  EXPECT_EQ(settings->log_format, system::LogFormat::kText);
  EXPECT_EQ(settings->log_level, system::LogLevel::kDebug);
  EXPECT_EQ(settings->database_connections, 3);
  EXPECT_TRUE(settings->prepare_statements);
  EXPECT_EQ(settings->shutdown_timeout, absl::Seconds(90));
}

TEST(Settings, EmptyVariableCountsAsAbsent) {
  const auto settings =
      ReadSettings(With(Least(), {{"GRPC_ADDR", ""}, {"ZITI_USERNAME", ""}}), Purpose::kServe);

  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->grpc_address, ":50051");
}

TEST(Settings, EveryViolationIsReportedAtOnce) {
  EXPECT_THAT(WrongIn({{"CALLER_TRUST", "everybody"},
                       {"GRPC_ADDR", "nowhere"},
                       {"LOG_LEVEL", "loud"},
                       {"LOG_FORMAT", "xml"},
                       {"MIGRATE_ON_START", "yes"},
                       {"DATABASE_CONNECTIONS", "0"},
                       {"SHUTDOWN_TIMEOUT", "5"},
                       {"OVERLAY_RECHECK_DELAY", "1ms"}}),
              UnorderedElementsAre("GRPC_ADDR", "DATABASE_URL", "CALLER_TRUST", "MIGRATE_ON_START",
                                   "LOG_FORMAT", "LOG_LEVEL", "SHUTDOWN_TIMEOUT",
                                   "DATABASE_CONNECTIONS", "OVERLAY_RECHECK_DELAY"));
}

TEST(Settings, WithoutCallerTrustReportSaysWhatToDo) {
  Environment environment = Least();
  environment.erase("CALLER_TRUST");

  EXPECT_THAT(WrongIn(environment), ElementsAre("CALLER_TRUST"));
  EXPECT_THAT(ReportOf(environment), HasSubstr("must be set by hand: CALLER_TRUST=mesh"));
}

TEST(Settings, NoValueIsRepeatedInTheReport) {
  // A secret may stand in any variable by mistake, so none is ever repeated.
  const std::string planted = "planted-secret://x y";
  Environment environment;
  for (const Setting& setting : SettingsTable()) {
    environment[std::string(setting.name)] = planted;
    if (setting.kind == SettingKind::kSecret) {
      environment[std::string(setting.name) + "_FILE"] = planted;
    }
  }
  // Proves that the report says something about most of them.
  ASSERT_GT(WrongIn(environment).size(), SettingsTable().size() / 2);

  EXPECT_THAT(ReportOf(environment), Not(HasSubstr("planted-secret")));
  environment.erase("DATABASE_URL");  // now the files are looked at
  environment.erase("ZITI_PASSWORD");
  EXPECT_THAT(WrongIn(environment), Contains("DATABASE_URL_FILE"));
  EXPECT_THAT(ReportOf(environment), Not(HasSubstr("planted-secret")));
}

TEST(Settings, SecretMayComeFromAFile) {
  const testing::TempFolder folder;
  Environment environment = Least();
  environment.erase("DATABASE_URL");
  environment["DATABASE_URL_FILE"] = folder.Write("url", "postgresql://u:p@127.0.0.1/db \r\n");

  const auto settings = ReadSettings(environment, Purpose::kServe);

  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->database_url.Reveal(), "postgresql://u:p@127.0.0.1/db");
}

TEST(Settings, SecretFileThatGivesNoSecretIsReported) {
  const testing::TempFolder folder;
  Environment environment = Least();
  environment.erase("DATABASE_URL");

  environment["DATABASE_URL_FILE"] = folder.path() + "/missing";
  EXPECT_THAT(ReportOf(environment), HasSubstr("DATABASE_URL_FILE names a file that cannot be read"
                                               ": No such file or directory"));
  environment["DATABASE_URL_FILE"] = folder.path();
  EXPECT_THAT(ReportOf(environment), HasSubstr("cannot be read: Is a directory"));
  environment["DATABASE_URL_FILE"] = folder.Write("blank", " \n");
  EXPECT_THAT(ReportOf(environment), HasSubstr("names an empty file"));
  environment["DATABASE_URL_FILE"] = folder.Write("huge", std::string(65 * 1024, 'x'));
  EXPECT_THAT(ReportOf(environment), HasSubstr("more than 64 KiB"));
}

TEST(Settings, SecretGivenTwiceIsRefused) {
  const testing::TempFolder folder;
  EXPECT_THAT(
      WrongIn(With(Least(), {{"DATABASE_URL_FILE", folder.Write("url", "postgresql://x/y")}})),
      ElementsAre("DATABASE_URL"));
}

TEST(Settings, OnlySecretsHaveAFileVariant) {
  const testing::TempFolder folder;

  const auto settings = ReadSettings(
      With(Least(), {{"GRPC_ADDR_FILE", folder.Write("address", "127.0.0.1:1")}}), Purpose::kServe);

  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->grpc_address, ":50051");
}

TEST(Settings, ControllerIsReadIntoItsOptions) {
  const testing::TempFolder folder;

  const auto settings = ReadSettings(Controller(folder), Purpose::kServe);

  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_TRUE(settings->overlay_configured());
  EXPECT_EQ(settings->overlay.client_url, "https://ziti.example:1280/edge/client/v1");
  EXPECT_EQ(settings->overlay.runner_url, "");
  EXPECT_EQ(settings->overlay.username, "runners");
  EXPECT_EQ(settings->overlay.password.Reveal(), "planted-password");
}

TEST(Settings, HalfAControllerIsExplained) {
  const testing::TempFolder folder;

  EXPECT_THAT(WrongIn(With(Least(), {{"ZITI_PASSWORD", "x"}})),
              UnorderedElementsAre("ZITI_MANAGEMENT_URL", "ZITI_CLIENT_URL", "ZITI_CA_FILE",
                                   "ZITI_USERNAME"));
  EXPECT_THAT(WrongIn(With(Controller(folder), {{"ZITI_PASSWORD", ""}})),
              ElementsAre("ZITI_PASSWORD"));
  EXPECT_THAT(WrongIn(With(Controller(folder), {{"ZITI_PASSWORD", ""}, {"ZITI_USERNAME", ""}})),
              ElementsAre("ZITI_USERNAME"));
  EXPECT_THAT(WrongIn(With(Controller(folder), {{"ZITI_CERT_FILE", folder.Write("c", "x")}})),
              ElementsAre("ZITI_USERNAME"))
      << "two ways to log in";
}

TEST(Settings, EnrollmentTimeoutAloneIsNoController) {
  EXPECT_THAT(WrongIn(With(Least(), {{"ZITI_ENROLLMENT_TIMEOUT", "30s"}})), IsEmpty());
}

TEST(Settings, ClientCertificateLogsInInsteadOfAPassword) {
  const testing::TempFolder folder;
  Environment environment =
      With(Controller(folder), {{"ZITI_USERNAME", ""}, {"ZITI_PASSWORD", ""}});
  environment["ZITI_CERT_FILE"] = folder.Write("cert.pem", "x");
  EXPECT_THAT(WrongIn(environment), ElementsAre("ZITI_KEY_FILE"));

  environment["ZITI_KEY_FILE"] = folder.Write("key.pem", "x");
  const auto settings = ReadSettings(environment, Purpose::kServe);

  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->overlay.key_file, environment["ZITI_KEY_FILE"]);
}

TEST(Settings, FilesOfTheControllerMustBeReadable) {
  const testing::TempFolder folder;
  EXPECT_THAT(WrongIn(With(Controller(folder), {{"ZITI_CA_FILE", folder.path() + "/missing"}})),
              ElementsAre("ZITI_CA_FILE"));
  EXPECT_THAT(WrongIn(With(Controller(folder), {{"ZITI_CA_FILE", folder.Write("empty", "")}})),
              ElementsAre("ZITI_CA_FILE"));
}

TEST(Settings, CommandsReadOnlyWhatTheyNeed) {
  const Environment nothing_else = {{"DATABASE_URL", "postgresql://u@h/d"}, {"LOG_LEVEL", "loud"}};

  EXPECT_THAT(WrongIn(nothing_else, Purpose::kDatabaseCommand), IsEmpty());
  EXPECT_THAT(WrongIn(nothing_else, Purpose::kHealthCheck), IsEmpty());
  EXPECT_THAT(WrongIn({}, Purpose::kDatabaseCommand), ElementsAre("DATABASE_URL"));
  EXPECT_THAT(WrongIn({{"GRPC_ADDR", "x"}}, Purpose::kHealthCheck), ElementsAre("GRPC_ADDR"));
}

TEST(Settings, FirstBackoffIsNeverAboveTheLongest) {
  const auto settings =
      ReadSettings(With(Least(), {{"OVERLAY_MAX_BACKOFF", "100ms"}}), Purpose::kServe);

  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->worker.first_backoff, absl::Milliseconds(100));
}

TEST(Settings, TableNamesEachOnceAndFitsMarkdown) {
  std::set<std::string_view> names;
  for (const Setting& setting : SettingsTable()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_EQ(setting.meaning.find_first_of("|\n"), std::string_view::npos) << setting.name;
  }
  const std::string markdown = SettingsMarkdown();
  EXPECT_EQ(static_cast<std::size_t>(std::count(markdown.begin(), markdown.end(), '\n')),
            SettingsTable().size() + 2);
}

}  // namespace
}  // namespace runners::server

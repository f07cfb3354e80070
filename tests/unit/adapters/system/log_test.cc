#include "adapters/system/log.h"

#include <nlohmann/json.hpp>

#include <string>
#include <type_traits>

#include "gtest/gtest.h"

#include "core/support/secret.h"

namespace runners::system {
namespace {

static_assert(!std::is_constructible_v<LogField, std::string_view, Secret>,
              "a secret must not be loggable");

std::string Captured(LogFormat format, const std::vector<LogField>& fields) {
  testing::internal::CaptureStderr();
  Log(LogLevel::kInfo, format).Info("thing.happened", fields);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, JsonLineParsesWhateverTheValuesHold) {
  const std::string hostile = "a\"b\\c\n{\"level\":\"error\"}\x01\x7F";

  const std::string line = Captured(LogFormat::kJson, {{"name", hostile}, {"n", 7}, {"ms", 1.5}});

  EXPECT_EQ(line.find('\n'), line.size() - 1) << "one event is one line";
  const nlohmann::json json = nlohmann::json::parse(line);
  EXPECT_EQ(json.at("msg"), "thing.happened");
  EXPECT_EQ(json.at("level"), "info");
  EXPECT_EQ(json.at("service"), "runners");
  EXPECT_EQ(json.at("name"), hostile);
  EXPECT_EQ(json.at("n"), 7);
  EXPECT_EQ(json.at("ms"), 1.5);
}

TEST(Log, TextLineQuotesWhatCouldForgeAnotherField) {
  const std::string line =
      Captured(LogFormat::kText, {{"plain", "word"}, {"name", "x level=error\nnext"}, {"e", ""}});

  EXPECT_NE(line.find(" info thing.happened plain=word name=\"x level=error\\u000anext\" e=\"\"\n"),
            std::string::npos)
      << line;
}

TEST(Log, BelowTheLevelNothingIsWritten) {
  testing::internal::CaptureStderr();
  Log(LogLevel::kWarn, LogFormat::kText).Info("thing.happened");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace runners::system

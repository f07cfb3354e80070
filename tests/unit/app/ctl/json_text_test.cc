#include "app/ctl/json_text.h"

#include <string>

#include <nlohmann/json.hpp>

#include "gtest/gtest.h"

#include "tests/unit/app/ctl/ctl_samples.h"

namespace runners::ctl {
namespace {

using Json = nlohmann::json;

TEST(RunnerJson, HoldsEverythingUnderStableKeys) {
  const Json json = Json::parse(RunnerJson(SampleRunner(), JsonCharacters::kUtf8));

  EXPECT_EQ(json, Json::parse(R"({
    "id": "11111111-2222-4333-8444-555555555555",
    "name": "first",
    "scope": "organization",
    "organization_id": "7d3f1f8e-5c1b-4a57-9b57-0b8f6f1d2c11",
    "status": "enrolled",
    "labels": {"region": "eu", "team": "ml"},
    "capabilities": ["docker", "gpu"],
    "openziti_service_name": "runner-11111111-2222-4333-8444-555555555555",
    "etag": "e1",
    "created_at": "2026-01-02T03:04:05Z",
    "updated_at": "2026-01-02T03:04:05.25Z"
  })"));
}

TEST(RunnerJson, AClusterScopedRunnerHasNoOrganization) {
  Runner runner = SampleRunner();
  runner.organization_id.reset();

  const Json json = Json::parse(RunnerJson(runner, JsonCharacters::kUtf8));

  EXPECT_EQ(json.at("scope"), "cluster");
  EXPECT_TRUE(json.at("organization_id").is_null());
}

TEST(RunnerJson, ATerminalGetsAsciiOnly) {
  const std::string name =
      "\xC2\x9B"
      "31m\xE2\x80\xAE\x1B";

  const std::string text = RunnerJson(SampleRunner(name), JsonCharacters::kAscii);

  for (const char byte : text) {
    EXPECT_TRUE(byte == '\n' || (byte >= ' ' && byte <= '~')) << static_cast<int>(byte);
  }
  EXPECT_EQ(Json::parse(text).at("name"), name);
}

TEST(RunnerJson, BytesThatAreNotUtf8AreReplaced) {
  const Json json = Json::parse(RunnerJson(SampleRunner("a\xFF"), JsonCharacters::kUtf8));

  EXPECT_EQ(json.at("name"), "a\xEF\xBF\xBD");
}

TEST(RunnersJson, IsAnArrayThatMayBeEmpty) {
  EXPECT_EQ(RunnersJson({}, JsonCharacters::kUtf8), "[]\n");
  EXPECT_EQ(Json::parse(RunnersJson({SampleRunner()}, JsonCharacters::kUtf8)).size(), 1U);
}

TEST(RegisteredJson, HoldsTheTokenOrTheFileItWentTo) {
  const client::Registered registered = SampleRegistered();

  const Json shown = Json::parse(RegisteredJson(registered, std::nullopt, JsonCharacters::kUtf8));
  const std::string filed = RegisteredJson(registered, "first.token", JsonCharacters::kUtf8);

  EXPECT_EQ(shown.at("service_token"), kSampleToken);
  EXPECT_EQ(shown.at("runner").at("id"), kSampleId);
  EXPECT_EQ(Json::parse(filed).at("service_token_file"), "first.token");
  EXPECT_EQ(filed.find(kSampleToken), std::string::npos);
}

TEST(EnrolledJson, LeavesTheIdentityOut) {
  const client::EnrolledIdentity identity{.identity_json = "{\"key\": \"private\"}",
                                          .service_name = "runner-1",
                                          .overlay_identity_id = "abc"};

  const std::string text = EnrolledJson(identity, "identity.json", JsonCharacters::kUtf8);

  EXPECT_EQ(Json::parse(text), Json::parse(R"({"overlay_identity_id": "abc",
    "service_name": "runner-1", "identity_file": "identity.json"})"));
}

TEST(SelectedJson, CountsOnlyWhenTheCountIsThere) {
  const auto selected = [](std::optional<std::int64_t> count) {
    return Json::parse(SelectedJson({SampleRunner(), count}, JsonCharacters::kUtf8));
  };

  EXPECT_EQ(selected(3).at("candidate_count"), 3);
  EXPECT_FALSE(selected(std::nullopt).contains("candidate_count"));
}

TEST(DeletedJson, NamesTheRunner) {
  EXPECT_EQ(Json::parse(DeletedJson(SampleRunner().id)),
            Json::parse(R"({"id": "11111111-2222-4333-8444-555555555555", "deleted": true})"));
}

TEST(GrantsJson, HoldsTheTimeOfEach) {
  const Json json = Json::parse(GrantsJson({SampleGrant()}));

  EXPECT_EQ(json, Json::parse(R"([{
    "identity_id": "11111111-2222-4333-8444-555555555555",
    "relation": "owner",
    "object": "organization:7d3f1f8e-5c1b-4a57-9b57-0b8f6f1d2c11",
    "created_at": "2026-01-02T03:04:05Z"
  }])"));
}

}  // namespace
}  // namespace runners::ctl

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/installation_calls.h"

namespace runners::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The check the other tests rely on sees what is planted for it.
class AgreementTest : public ::testing::Test {
 protected:
  AgreementTest() {
    EnrollAt(installation_, runner_.service_token);
    installation_.AwaitAgreement();
    installation_.replica().Stop();  // or it would repair what is planted
  }

  std::string ObjectId(const std::string& collection, const std::string& name) {
    return installation_.admin().FindByName(collection, name).at("id");
  }

  Installation installation_{OfThisBuild()};
  const client::Registered runner_ = RegisterAt(installation_, "r");
  const std::string service_ = "runner-" + runner_.runner.id.text();
};

TEST_F(AgreementTest, MissingServiceAndItsEmptyPolicyAreSeen) {
  installation_.admin().Delete("services", ObjectId("services", service_));

  EXPECT_THAT(installation_.Disagreements(), Contains(service_ + " is missing"));
}

TEST_F(AgreementTest, PolicyThatBindsSomethingElseIsSeen) {
  const std::string id = ObjectId("service-policies", service_ + "-bind");
  installation_.admin().Send(openziti::HttpMethod::kPatch, "/service-policies/" + id,
                             {{"identityRoles", {"#runners"}}});

  EXPECT_THAT(installation_.Disagreements(),
              Contains(HasSubstr("the policy of " + service_ + " binds something else")));
}

TEST_F(AgreementTest, SuperfluousIdentityIsSeen) {
  const std::string instance = installation_.Value("SELECT instance_id FROM settings");
  installation_.admin().Create(
      "identities",
      {{"name", service_ + "-g2"},
       {"type", "Device"},
       {"isAdmin", false},
       {"tags", {{"instance-id", instance}, {"runner-id", runner_.runner.id.text()}}}});

  EXPECT_THAT(installation_.Disagreements(),
              Contains("identity " + service_ + "-g2 is superfluous"));
}

TEST_F(AgreementTest, HalfAChangeInTheDatabaseIsSeen) {
  EXPECT_THAT(installation_.Disagreements(), IsEmpty());
  const struct {
    const char* defect;
    const char* sentence;
  } kDefects[] = {
      {"DELETE FROM grants WHERE relation = 'member'", "own membership"},
      {"UPDATE service_tokens SET revoked_at = now()", "one live token"},
      {"UPDATE runners SET etag = etag + 1", "as many edits"},
      {"UPDATE overlay_identities SET state = 'superseded'", "superseded identity"},
      {"INSERT INTO work (kind, action, runner_id) SELECT 'overlay', 'ensure_runner', id "
       "FROM runners",
       "work is queued"},
      {"DELETE FROM audit WHERE rpc = 'RegisterRunner'", "registered once"},
  };
  for (const auto& [defect, sentence] : kDefects) {
    installation_.database().Query(defect);

    EXPECT_THAT(installation_.Disagreements(), Contains(HasSubstr(sentence))) << defect;
  }
}

}  // namespace
}  // namespace runners::testing

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/functional/ctl/ctl_fixture.h"

namespace runners::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SelectCommandTest : public CtlFixture {};

TEST_F(SelectCommandTest, PicksARunnerInEveryFormat) {
  Register("pending", {"--label", "team=ml"});
  const std::string id =
      RegisterEnrolled("first", {"--org", kAcmeId, "--label", "team=ml", "--capability", "gpu"});
  RegisterEnrolled("other", {"--label", "team=web"});
  const Words select = {"select", "--org", kAcmeId, "--label", "team=ml", "--capability", "gpu"};

  EXPECT_THAT(Out(select), StartsWith("ID                " + id));
  EXPECT_EQ(OutJson(select).at("runner").at("id"), id);
  EXPECT_FALSE(OutJson(select).contains("candidate_count"));
  EXPECT_EQ(OutId(select), id);
}

TEST_F(SelectCommandTest, CountsAndExcludes) {
  const std::string first = RegisterEnrolled("first");
  const std::string second = RegisterEnrolled("second");
  const std::string third = RegisterEnrolled("third");

  EXPECT_EQ(OutJson({"select", "--org", kAcmeId, "--count"}).at("candidate_count"), 3);
  EXPECT_THAT(Out({"select", "--org", kAcmeId, "--count", "--exclude", first}),
              HasSubstr("One of 2 that qualify.\n"));
  EXPECT_EQ(OutId({"select", "--org", kAcmeId, "--exclude", first, "--exclude", third}), second);
}

TEST_F(SelectCommandTest, NoneThatQualifiesHasAnExitCodeOfItsOwn) {
  RegisterEnrolled("first", {"--label", "region=eu"});

  const CtlResult result =
      Ctl({"select", "--org", kAcmeId, "--label", "region=eu", "--capability", "tpu"});

  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(
      result.err,
      ContainsRegex("^runnersctl: .*capability tpu: 0 of 1.* \\(NO_RUNNER_QUALIFIES\\)\n$"));
}

TEST_F(SelectCommandTest, ForAForeignOrganizationIsDenied) {
  const CtlResult result = RunCtl({"select", "--org", kAcmeId}, By(kForeignOwnerId));

  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "runnersctl: permission denied (PERMISSION_DENIED)\n");
}

TEST_F(SelectCommandTest, WithoutAnIdentityTheCallIsInternal) {
  const std::string id = RegisterEnrolled("first", {"--org", kAcmeId});

  EXPECT_EQ(RunCtl({"select", "--org", kAcmeId, "-q"}, By("")).out, id + "\n");
}

class GrantCommandsTest : public CtlFixture {
 protected:
  const std::string object_ = std::string("organization:") + kAcmeId;
};

TEST_F(GrantCommandsTest, GrantAndRevokeInEveryFormat) {
  const Words grant = {"grant", kStrangerId, "member", object_};
  const Words revoke = {"revoke", kStrangerId, "member", object_};

  EXPECT_EQ(Out(grant), std::string(kStrangerId) + " is member of " + object_ + ".\n");
  EXPECT_EQ(Out(revoke), std::string(kStrangerId) + " is no longer member of " + object_ + ".\n");
  EXPECT_EQ(OutJson(grant).at("object"), object_);
  EXPECT_EQ(OutJson(revoke).at("relation"), "member");
  EXPECT_EQ(OutId(grant), kStrangerId);
  EXPECT_EQ(OutId(revoke), kStrangerId);
}

TEST_F(GrantCommandsTest, AGrantHasItsEffectAndItsEnd) {
  const Words list = {"list", "--org", kAcmeId};
  EXPECT_EQ(RunCtl(list, By(kStrangerId)).code, 1);

  Out({"grant", kStrangerId, "member", object_});
  EXPECT_EQ(RunCtl(list, By(kStrangerId)).code, 0);

  Out({"revoke", kStrangerId, "member", object_});
  EXPECT_EQ(RunCtl(list, By(kStrangerId)).code, 1);
}

TEST_F(GrantCommandsTest, RevokingWhatIsNotGrantedFails) {
  const CtlResult result = Ctl({"revoke", kStrangerId, "owner", object_});

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("(GRANT_NOT_FOUND)\n"));
}

TEST_F(GrantCommandsTest, GrantsFiltersInEveryFormat) {
  Out({"grant", kStrangerId, "member", object_});

  const Json json = OutJson({"grants", "--holder", kStrangerId});
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json.at(0).at("relation"), "member");
  EXPECT_EQ(json.at(0).at("object"), object_);
  EXPECT_THAT(Out({"grants", "--object", "cluster:global"}),
              ContainsRegex("^IDENTITY +RELATION +OBJECT .*\n" + std::string(kAdminId) +
                            "  admin     cluster:global  20.*\n$"));
  EXPECT_EQ(OutId({"grants", "--holder", kStrangerId, "--object", object_}), kStrangerId);
  EXPECT_EQ(Out({"grants", "--holder", kAcmeId}), "No grants.\n");
}

TEST_F(GrantCommandsTest, OnlyAClusterAdminMayGrant) {
  const CtlResult result = RunCtl({"grant", kStrangerId, "member", object_}, By(kOwnerId));

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("(PERMISSION_DENIED)"));
}

}  // namespace
}  // namespace runners::testing

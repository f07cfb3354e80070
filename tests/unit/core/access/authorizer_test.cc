#include "core/access/authorizer.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/support/error.h"
#include "tests/support/fails.h"
#include "tests/support/scripted_access.h"
#include "tests/unit/core/examples.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Question = std::function<absl::Status(const Authorizer&, const Call&)>;

std::string OutcomeOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  EXPECT_EQ(status.code(), RowOf(ReasonOf(status)).code);
  return std::string(RowOf(ReasonOf(status)).name);
}

// What everybody gets to hear who may be something to organization Acme.
std::vector<std::string> Outcomes(const Question& question) {
  const std::vector<std::pair<std::string, CallerAccess>> roles = {
      {"admin", AdminAccess()},
      {"owner", OwnerAccess(kAcme)},
      {"member", MemberAccess(kAcme)},
      {"stranger", OwnerAccess(kGlobex)},
  };
  ScriptedAccess access;
  const Authorizer authorizer(access);
  std::vector<std::string> outcomes = {"internal " +
                                       OutcomeOf(question(authorizer, InternalCall()))};
  EXPECT_THAT(access.asked, IsEmpty());
  for (const auto& [role, granted] : roles) {
    access.answer = granted;
    outcomes.push_back(role + " " + OutcomeOf(question(authorizer, CallBy(kAlice))));
  }
  for (const IdentityId& asked : access.asked) EXPECT_EQ(asked, kAlice);
  return outcomes;
}

TEST(Authorizer, ClusterAdminIsAdminOrInternal) {
  EXPECT_THAT(Outcomes([](const Authorizer& authorizer, const Call& call) {
                return authorizer.RequireClusterAdmin(call);
              }),
              ElementsAre("internal OK", "admin OK", "owner PERMISSION_DENIED",
                          "member PERMISSION_DENIED", "stranger PERMISSION_DENIED"));
}

TEST(Authorizer, OrganizationIsWrittenByItsOwners) {
  EXPECT_THAT(Outcomes([](const Authorizer& authorizer, const Call& call) {
                return authorizer.RequireWriter(call, kAcme);
              }),
              ElementsAre("internal OK", "admin OK", "owner OK", "member PERMISSION_DENIED",
                          "stranger PERMISSION_DENIED"));
}

TEST(Authorizer, ClusterScopeIsWrittenByAdminsOnly) {
  EXPECT_THAT(Outcomes([](const Authorizer& authorizer, const Call& call) {
                return authorizer.RequireWriter(call, std::nullopt);
              }),
              ElementsAre("internal OK", "admin OK", "owner PERMISSION_DENIED",
                          "member PERMISSION_DENIED", "stranger PERMISSION_DENIED"));
}

TEST(Authorizer, OrganizationIsReadByItsMembers) {
  EXPECT_THAT(Outcomes([](const Authorizer& authorizer, const Call& call) {
                return authorizer.RequireMember(call, kAcme);
              }),
              ElementsAre("internal OK", "admin OK", "owner OK", "member OK",
                          "stranger PERMISSION_DENIED"));
}

TEST(Authorizer, RunnerOfAnOrganizationDoesNotExistForStrangers) {
  EXPECT_THAT(
      Outcomes([](const Authorizer& authorizer, const Call& call) {
        return authorizer.RequireVisible(call, ExampleRunner(1, kAcme));
      }),
      ElementsAre("internal OK", "admin OK", "owner OK", "member OK", "stranger RUNNER_NOT_FOUND"));
}

TEST(Authorizer, ClusterScopedRunnerIsVisibleToEverybody) {
  EXPECT_THAT(Outcomes([](const Authorizer& authorizer, const Call& call) {
                return authorizer.RequireVisible(call, ExampleRunner(1));
              }),
              ElementsAre("internal OK", "admin OK", "owner OK", "member OK", "stranger OK"));
}

TEST(Authorizer, WhoSeesARunnerAndMayNotWriteItIsDenied) {
  EXPECT_THAT(Outcomes([](const Authorizer& authorizer, const Call& call) {
                return authorizer.RequireWritable(call, ExampleRunner(1, kAcme));
              }),
              ElementsAre("internal OK", "admin OK", "owner OK", "member PERMISSION_DENIED",
                          "stranger RUNNER_NOT_FOUND"));
  EXPECT_THAT(Outcomes([](const Authorizer& authorizer, const Call& call) {
                return authorizer.RequireWritable(call, ExampleRunner(1));
              }),
              ElementsAre("internal OK", "admin OK", "owner PERMISSION_DENIED",
                          "member PERMISSION_DENIED", "stranger PERMISSION_DENIED"));
}

TEST(Authorizer, VisibleAreTheOrganizationsOneOwnsAndBelongsTo) {
  ScriptedAccess access;
  access.answer = CallerAccess{false, {kAcme}, {kGlobex}};
  const Authorizer authorizer(access);

  const Visibility callers = authorizer.VisibilityOf(CallBy(kAlice)).value();
  access.answer = AdminAccess();
  const Visibility admins = authorizer.VisibilityOf(CallBy(kAlice)).value();
  const Visibility internal = authorizer.VisibilityOf(InternalCall()).value();

  EXPECT_FALSE(callers.everything);
  EXPECT_THAT(callers.organizations, ElementsAre(kAcme, kGlobex));
  EXPECT_TRUE(admins.everything);
  EXPECT_TRUE(internal.everything);
}

TEST(Authorizer, WithoutAnAnswerNobodyMayDoAnything) {
  ScriptedAccess access;
  access.answer = MakeError(ErrorReason::kDatabaseUnavailable, "away");
  const Authorizer authorizer(access);
  const Call call = CallBy(kAlice);

  for (const absl::Status& status :
       {authorizer.RequireClusterAdmin(call), authorizer.RequireWriter(call, kAcme),
        authorizer.RequireMember(call, kAcme),
        authorizer.RequireVisible(call, ExampleRunner(1, kAcme)),
        authorizer.RequireWritable(call, ExampleRunner(1)),
        authorizer.VisibilityOf(call).status()}) {
    EXPECT_TRUE(Fails(status, ErrorReason::kDatabaseUnavailable));
  }
}

}  // namespace
}  // namespace runners::testing

#include "core/registry/get_runner.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "adapters/system/crypto.h"
#include "core/support/error.h"
#include "tests/support/fails.h"
#include "tests/support/scripted_access.h"
#include "tests/unit/core/examples.h"
#include "tests/unit/core/registry/scripted_runner_store.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct GetRunnerTest : ::testing::Test {
  const system::OpenSslHasher hasher{};
  ScriptedAccess access;
  ScriptedRunnerStore store;
  const Authorizer authorizer{access};
  GetRunner get_runner{authorizer, store, hasher};
};

TEST_F(GetRunnerTest, VisibleRunnerIsAnswered) {
  access.answer = MemberAccess(kAcme);
  store.found = ExampleRunner(1, kAcme);

  EXPECT_EQ(get_runner.ById(CallBy(kAlice), Example<RunnerId>(1)).value(), ExampleRunner(1, kAcme));
}

TEST_F(GetRunnerTest, InvisibleRunnerLooksLikeOneThatDoesNotExist) {
  access.answer = MemberAccess(kGlobex);
  const absl::Status unknown = get_runner.ById(CallBy(kAlice), Example<RunnerId>(1)).status();
  store.found = ExampleRunner(1, kAcme);
  const absl::Status invisible = get_runner.ById(CallBy(kAlice), Example<RunnerId>(1)).status();

  EXPECT_TRUE(Fails(unknown, ErrorReason::kRunnerNotFound));
  EXPECT_EQ(invisible, unknown);
}

TEST_F(GetRunnerTest, ErrorOfTheStoreIsTheAnswer) {
  store.found = MakeError(ErrorReason::kStatementTimeout, "slow");

  EXPECT_TRUE(Fails(get_runner.ById(InternalCall(), Example<RunnerId>(1)).status(),
                    ErrorReason::kStatementTimeout));
  EXPECT_TRUE(Fails(get_runner.ByToken(InternalCall(), Secret("token")).status(),
                    ErrorReason::kStatementTimeout));
}

TEST_F(GetRunnerTest, TokenIsLookedUpByTheDigestOfItsTrimmedText) {
  store.found = ExampleRunner(1, kAcme);

  const absl::StatusOr<Runner> runner = get_runner.ByToken(InternalCall(), Secret(" token\n"));

  ASSERT_TRUE(runner.ok()) << runner.status();
  EXPECT_EQ(*runner, ExampleRunner(1, kAcme));
  EXPECT_THAT(store.digests, ElementsAre(hasher.Sha256("token")));
}

TEST_F(GetRunnerTest, DeadTokenIsNotFound) {
  EXPECT_TRUE(Fails(get_runner.ByToken(InternalCall(), Secret("token")).status(),
                    ErrorReason::kServiceTokenNotFound));
}

TEST_F(GetRunnerTest, OwnerMayNotAskByToken) {
  access.answer = OwnerAccess(kAcme);
  store.found = ExampleRunner(1, kAcme);

  EXPECT_TRUE(Fails(get_runner.ByToken(CallBy(kAlice), Secret("token")).status(),
                    ErrorReason::kPermissionDenied));
  EXPECT_THAT(store.digests, IsEmpty());
}

}  // namespace
}  // namespace runners::testing

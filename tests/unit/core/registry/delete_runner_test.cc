#include "core/registry/delete_runner.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/support/error.h"
#include "tests/support/fails.h"
#include "tests/support/scripted_access.h"
#include "tests/unit/core/examples.h"
#include "tests/unit/core/registry/scripted_runner_store.h"

namespace runners::testing {
namespace {

using ::testing::IsEmpty;

struct DeleteRunnerTest : ::testing::Test {
  absl::Status Delete(const Call& call) {
    return delete_runner.Run(call, Example<RunnerId>(1), "7").status();
  }

  ScriptedAccess access;
  ScriptedRunnerStore store;
  NoFaults faults;
  const Authorizer authorizer{access};
  DeleteRunner delete_runner{authorizer, store, faults};
};

TEST_F(DeleteRunnerTest, AnswersTheRunnerThatIsGone) {
  access.answer = OwnerAccess(kAcme);
  store.found = ExampleRunner(1, kAcme);

  const absl::StatusOr<Runner> gone = delete_runner.Run(CallBy(kAlice), Example<RunnerId>(1), "7");

  ASSERT_TRUE(gone.ok()) << gone.status();
  EXPECT_EQ(*gone, ExampleRunner(1, kAcme));
  ASSERT_EQ(store.deletions.size(), 1U);
  EXPECT_EQ(store.deletions[0].id, Example<RunnerId>(1));
  EXPECT_EQ(store.deletions[0].expected_etag, "7");
}

TEST_F(DeleteRunnerTest, WhoMayNotWriteDeletesNothing) {
  store.found = ExampleRunner(1, kAcme);

  access.answer = MemberAccess(kAcme);
  EXPECT_TRUE(Fails(Delete(CallBy(kAlice)), ErrorReason::kPermissionDenied));
  access.answer = OwnerAccess(kGlobex);
  EXPECT_TRUE(Fails(Delete(CallBy(kAlice)), ErrorReason::kRunnerNotFound));
  EXPECT_THAT(store.deletions, IsEmpty());
}

TEST_F(DeleteRunnerTest, UnknownRunnerIsNotFound) {
  EXPECT_TRUE(Fails(Delete(InternalCall()), ErrorReason::kRunnerNotFound));
  EXPECT_THAT(store.deletions, IsEmpty());
}

TEST_F(DeleteRunnerTest, ErrorOfTheStoreIsTheAnswer) {
  store.found = ExampleRunner(1);
  store.deleted = MakeError(ErrorReason::kEtagMismatch, "stale");

  EXPECT_TRUE(Fails(Delete(InternalCall()), ErrorReason::kEtagMismatch));
}

}  // namespace
}  // namespace runners::testing

#include "core/registry/update_runner.h"

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

struct UpdateRunnerTest : ::testing::Test {
  ScriptedAccess access;
  ScriptedRunnerStore store;
  NoFaults faults;
  const Authorizer authorizer{access};
  UpdateRunner update_runner{authorizer, store, faults};
  const RunnerEdit edit{Example<RunnerId>(1), "new", Labels{{"a", "b"}}, std::nullopt, "7"};
};

TEST_F(UpdateRunnerTest, EditReachesTheStoreAsItIs) {
  access.answer = OwnerAccess(kAcme);
  store.found = ExampleRunner(1, kAcme);
  store.changed = ExampleRunner(2, kAcme);

  const absl::StatusOr<Runner> updated = update_runner.Run(CallBy(kAlice), edit);

  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(*updated, ExampleRunner(2, kAcme));
  ASSERT_EQ(store.edits.size(), 1U);
  EXPECT_EQ(store.edits[0].id, edit.id);
  EXPECT_EQ(store.edits[0].name, edit.name);
  EXPECT_EQ(store.edits[0].labels, edit.labels);
  EXPECT_EQ(store.edits[0].capabilities, std::nullopt);
  EXPECT_EQ(store.edits[0].expected_etag, "7");
}

TEST_F(UpdateRunnerTest, WhoMayNotWriteChangesNothing) {
  store.found = ExampleRunner(1, kAcme);

  access.answer = MemberAccess(kAcme);
  EXPECT_TRUE(
      Fails(update_runner.Run(CallBy(kAlice), edit).status(), ErrorReason::kPermissionDenied));
  access.answer = OwnerAccess(kGlobex);
  EXPECT_TRUE(
      Fails(update_runner.Run(CallBy(kAlice), edit).status(), ErrorReason::kRunnerNotFound));
  EXPECT_THAT(store.edits, IsEmpty());
}

TEST_F(UpdateRunnerTest, UnknownRunnerIsNotFound) {
  EXPECT_TRUE(
      Fails(update_runner.Run(InternalCall(), edit).status(), ErrorReason::kRunnerNotFound));
  EXPECT_THAT(store.edits, IsEmpty());
}

TEST_F(UpdateRunnerTest, ErrorOfTheStoreIsTheAnswer) {
  store.found = ExampleRunner(1);
  store.changed = MakeError(ErrorReason::kEtagMismatch, "stale");

  EXPECT_TRUE(Fails(update_runner.Run(InternalCall(), edit).status(), ErrorReason::kEtagMismatch));
  EXPECT_EQ(store.edits.size(), 1U);
}

}  // namespace
}  // namespace runners::testing

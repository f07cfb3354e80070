#include "core/selection/select_runner.h"

#include <deque>
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
using ::testing::SizeIs;

// Answers one scripted answer after the other; the last one again and again.
class ScriptedIndex final : public SelectionIndex {
 public:
  std::deque<absl::StatusOr<Draw>> draws{Draw{}};
  std::deque<absl::StatusOr<ConstraintCounts>> counts{ConstraintCounts{}};
  std::vector<Counting> drawn;  // how each draw was asked for
  int counted = 0;

  absl::StatusOr<Draw> DrawOne(const Call&, const Criteria&, Counting counting) override {
    drawn.push_back(counting);
    return Next(draws);
  }
  absl::StatusOr<ConstraintCounts> CountConstraints(const Call&, const Criteria&) override {
    ++counted;
    return Next(counts);
  }

 private:
  template <typename Answer>
  static Answer Next(std::deque<Answer>& answers) {
    Answer answer = answers.front();
    if (answers.size() > 1) answers.pop_front();
    return answer;
  }
};

const ConstraintCounts kOneQualifies{1, 1, 1, {{"region", 1}}, {}};
const ConstraintCounts kNoneQualifies{2, 2, 2, {{"region", 0}}, {}};

struct SelectRunnerTest : ::testing::Test {
  SelectRunnerTest() { access.answer = MemberAccess(kAcme); }

  absl::StatusOr<SelectedRunner> Select(Counting counting = Counting::kSkip) {
    return select_runner.Run(CallBy(kAlice), {kAcme, {{"region", "eu"}}, {}, {}}, counting);
  }

  ScriptedAccess access;
  ScriptedIndex index;
  const Authorizer authorizer{access};
  SelectRunner select_runner{authorizer, index};
};

TEST_F(SelectRunnerTest, DrawnRunnerIsTheAnswer) {
  index.draws = {Draw{ExampleRunner(1), 5}};

  const absl::StatusOr<SelectedRunner> selected = Select(Counting::kExact);

  ASSERT_TRUE(selected.ok()) << selected.status();
  EXPECT_EQ(selected->runner, ExampleRunner(1));
  EXPECT_EQ(selected->candidate_count, 5);
  EXPECT_THAT(index.drawn, ElementsAre(Counting::kExact));
  EXPECT_EQ(index.counted, 0);
}

TEST_F(SelectRunnerTest, NothingIsCountedUnasked) {
  index.draws = {Draw{ExampleRunner(1), std::nullopt}};

  EXPECT_EQ(Select().value().candidate_count, std::nullopt);
  EXPECT_THAT(index.drawn, ElementsAre(Counting::kSkip));
}

TEST_F(SelectRunnerTest, ForeignOrganizationIsDenied) {
  access.answer = MemberAccess(kGlobex);

  EXPECT_TRUE(Fails(Select().status(), ErrorReason::kPermissionDenied));
  EXPECT_THAT(index.drawn, IsEmpty());
}

TEST_F(SelectRunnerTest, RefusalNamesWhatIsUnmet) {
  index.counts = {kNoneQualifies};

  const absl::Status refusal = Select().status();

  EXPECT_TRUE(Fails(refusal, ErrorReason::kNoRunnerQualifies));
  EXPECT_EQ(MessageOf(refusal), "no runner qualifies: label region=eu: 0 of 2");
  EXPECT_THAT(index.drawn, SizeIs(1));
}

TEST_F(SelectRunnerTest, RunnerThatCameBetweenDrawAndCountIsDrawnFor) {
  index.draws = {Draw{}, Draw{ExampleRunner(1), std::nullopt}};
  index.counts = {kOneQualifies};

  EXPECT_EQ(Select().value().runner, ExampleRunner(1));
  EXPECT_THAT(index.drawn, SizeIs(2));
}

TEST_F(SelectRunnerTest, FleetThatKeepsChangingIsGivenUp) {
  index.counts = {kOneQualifies};

  EXPECT_TRUE(Fails(Select().status(), ErrorReason::kConcurrentUpdate));
  EXPECT_THAT(index.drawn, SizeIs(3));
}

TEST_F(SelectRunnerTest, ErrorOfTheIndexIsTheAnswer) {
  index.counts = {MakeError(ErrorReason::kStatementTimeout, "slow")};
  EXPECT_TRUE(Fails(Select().status(), ErrorReason::kStatementTimeout));

  index.draws = {MakeError(ErrorReason::kDatabaseUnavailable, "away")};
  EXPECT_TRUE(Fails(Select().status(), ErrorReason::kDatabaseUnavailable));
}

}  // namespace
}  // namespace runners::testing

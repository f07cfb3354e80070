#include "core/support/error.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace runners {
namespace {

TEST(MakeError, DetailComesBackWhole) {
  ErrorDetail detail;
  detail.reason = ErrorReason::kNoRunnerQualifies;
  detail.violations = {{"labels[\"a:b\"]", ""}, {"", "3:x"}};
  detail.unmet = {{"LABEL", "gpu=h100", "0 of 14"}};
  detail.metadata = {{"in_scope", "14"}, {"", "\n"}};
  detail.retry_after = absl::Milliseconds(1500);

  const absl::Status status = MakeError(detail, "no runner");

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MessageOf(status), "no runner");
  EXPECT_EQ(DetailOf(status), detail);
}

TEST(DetailOf, AStatusMadeElsewhereIsInternal) {
  EXPECT_EQ(ReasonOf(absl::NotFoundError("row")), ErrorReason::kInternal);
}

TEST(InvalidArgument, MessageNamesEveryField) {
  const absl::Status status = InvalidArgument({{"name", "must not be empty"}, {"id", "bad"}});

  EXPECT_EQ(MessageOf(status), "name: must not be empty; id: bad");
  EXPECT_EQ(DetailOf(status).violations.size(), 2U);
}

TEST(ErrorReasonTable, NamesAreUniqueUpperSnakeAndParse) {
  std::set<std::string_view> names;
  for (const ErrorReasonRow& row : ErrorReasonTable()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), std::string_view::npos);
    EXPECT_EQ(ParseErrorReason(row.name), row.reason);
    EXPECT_NE(row.code, absl::StatusCode::kOk);
    EXPECT_EQ(row.meaning.back(), '.') << row.name;
  }
}

}  // namespace
}  // namespace runners

#include "adapters/grpc/status_mapper.h"

#include "gtest/gtest.h"

#include "core/support/enumeration.h"
#include "core/support/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace runners::grpc_server {
namespace {

google::rpc::Status RichOf(const grpc::Status& status) {
  google::rpc::Status rich;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  return rich;
}

// The detail of that kind; a default one when there is none.
template <typename Detail>
Detail Find(const grpc::Status& status) {
  const google::rpc::Status rich = RichOf(status);
  Detail detail;
  for (const auto& one : rich.details()) {
    if (one.UnpackTo(&detail)) return detail;
  }
  return Detail();
}

TEST(ToGrpcStatus, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus(), "id").ok());
}

TEST(ToGrpcStatus, CarriesReasonDomainMetadataAndRequestId) {
  ErrorDetail detail;
  detail.reason = ErrorReason::kNoRunnerQualifies;
  detail.metadata = {{"in_scope", "14"}};

  const grpc::Status status = ToGrpcStatus(MakeError(detail, "no runner"), "request-7");

  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "no runner");
  EXPECT_EQ(RichOf(status).code(), 9);
  EXPECT_EQ(RichOf(status).message(), "no runner");
  const auto info = Find<google::rpc::ErrorInfo>(status);
  EXPECT_EQ(info.reason(), "NO_RUNNER_QUALIFIES");
  EXPECT_EQ(info.domain(), "runners.agyn.io");
  EXPECT_EQ(info.metadata().at("in_scope"), "14");
  EXPECT_EQ(Find<google::rpc::RequestInfo>(status).request_id(), "request-7");
}

TEST(ToGrpcStatus, RetryAfterIsRetryInfo) {
  ErrorDetail detail;
  detail.reason = ErrorReason::kOverloaded;
  detail.retry_after = absl::Milliseconds(2500);

  const auto retry =
      Find<google::rpc::RetryInfo>(ToGrpcStatus(MakeError(detail, "come again"), "id"));

  EXPECT_EQ(retry.retry_delay().seconds(), 2);
  EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);
}

// Whatever went wrong inside stays inside.
TEST(ToGrpcStatus, OfADefectOnlyAFixedSentenceGoesOut) {
  const grpc::Status made_elsewhere =
      ToGrpcStatus(absl::NotFoundError("row 17 of table secrets"), "id");
  const grpc::Status ours = ToGrpcStatus(MakeError(ErrorReason::kInternal, "what happened"), "id");

  EXPECT_EQ(made_elsewhere.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(made_elsewhere.error_message(), ours.error_message());
  EXPECT_EQ(made_elsewhere.error_details(), ours.error_details());
  EXPECT_EQ(made_elsewhere.error_details().find("secrets"), std::string::npos);
}

TEST(ToGrpcStatus, EveryReasonHasItsCodeOnTheWire) {
  for (const ErrorReasonRow& row : ErrorReasonTable()) {
    const grpc::Status status = ToGrpcStatus(MakeError(row.reason, "text"), "id");
    EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(row.code)) << row.name;
    EXPECT_EQ(Find<google::rpc::ErrorInfo>(status).reason(), row.name);
  }
}

std::vector<FieldViolation> ManyViolations(std::size_t count) {
  std::vector<FieldViolation> violations;
  for (std::size_t i = 0; i < count; ++i) {
    violations.push_back(
        {"labels[\"" + std::string(60, 'k') + std::to_string(i) + "\"]", "must be 1 to 253 bytes"});
  }
  return violations;
}

std::size_t DetailBytes(const grpc::Status& status) {
  const google::rpc::Status rich = RichOf(status);
  std::size_t bytes = 0;
  for (const auto& detail : rich.details()) bytes += detail.ByteSizeLong();
  return bytes;
}

TEST(ToGrpcStatus, HoweverManyViolationsStaysWithinTheBounds) {
  for (const std::size_t count : {1U, 9U, 10U, 11U, 40U, 41U, 42U, 43U, 100U, 5000U}) {
    const grpc::Status status = ToGrpcStatus(InvalidArgument(ManyViolations(count)), "id");
    const auto named = Find<google::rpc::BadRequest>(status).field_violations();

    EXPECT_LE(status.error_message().size(), kMaxMessageBytes);
    EXPECT_LE(DetailBytes(status), kMaxDetailBytes);
    if (static_cast<std::size_t>(named.size()) == count) continue;
    const auto whole = static_cast<std::size_t>(named.size()) - 1;
    EXPECT_EQ(named.rbegin()->description(), "and " + std::to_string(count - whole) + " more");
  }
}

TEST(ToGrpcStatus, LongTextsOfOneViolationAreCut) {
  const grpc::Status status =
      ToGrpcStatus(InvalidArgument({{std::string(5000, 'f'), std::string(5000, 'd')}}), "id");
  const auto violation = Find<google::rpc::BadRequest>(status).field_violations(0);

  EXPECT_LE(status.error_message().size(), kMaxMessageBytes);
  EXPECT_EQ(violation.field().size(), 256U);
  EXPECT_EQ(violation.description().size(), 256U);
}

TEST(ToGrpcStatus, LongMetadataIsCutBetweenCharacters) {
  ErrorDetail detail;
  detail.reason = ErrorReason::kNoRunnerQualifies;
  std::string wide;
  for (int i = 0; i < 1000; ++i) wide += "\xE2\x82\xAC";
  detail.metadata = {{"unmet", wide}};

  const grpc::Status status = ToGrpcStatus(MakeError(detail, wide), "id");

  EXPECT_LE(EscapedBytes(status.error_message()), kMaxMessageBytes);
  EXPECT_LE(DetailBytes(status), kMaxDetailBytes);
  const std::string cut = Find<google::rpc::ErrorInfo>(status).metadata().at("unmet");
  EXPECT_EQ((cut.size() - 3) % 3, 0U);
  EXPECT_EQ(cut.substr(cut.size() - 3), "...");
}

}  // namespace
}  // namespace runners::grpc_server

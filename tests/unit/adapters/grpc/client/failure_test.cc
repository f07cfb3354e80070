#include "adapters/grpc/client/failure.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/support/error.h"
#include "runners/client.h"
#include "tests/support/fails.h"
#include "tests/support/service_answer.h"

namespace runners::client {
namespace {

using runners::testing::ErrorInfoOf;
using runners::testing::Fails;
using runners::testing::RetryInfoOf;
using runners::testing::ServiceAnswer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

CallContext Context(bool could_not_connect = false) {
  return {.address = "127.0.0.1:7",
          .timeout = absl::Milliseconds(1500),
          .could_not_connect = could_not_connect};
}

TEST(FromGrpcStatus, TakesWhatTheServiceSays) {
  google::rpc::BadRequest bad;
  auto* violation = bad.add_field_violations();
  violation->set_field("name");
  violation->set_description("must not be empty");
  google::rpc::RequestInfo request;
  request.set_request_id("r-1");

  const absl::Status status =
      FromGrpcStatus(ServiceAnswer(grpc::INVALID_ARGUMENT, "name: must not be empty",
                                   ErrorInfoOf("INVALID_ARGUMENT"), bad, request),
                     Context());

  EXPECT_TRUE(Fails(status, ErrorReason::kInvalidArgument));
  EXPECT_EQ(MessageOf(status), "name: must not be empty");
  EXPECT_THAT(DetailOf(status).violations,
              ElementsAre(FieldViolation{"name", "must not be empty"}));
  const Failure failure = FailureOf(status);
  EXPECT_EQ(failure.reason, ErrorReason::kInvalidArgument);
  EXPECT_EQ(failure.reason_name, "INVALID_ARGUMENT");
  EXPECT_EQ(failure.request_id, "r-1");
  EXPECT_EQ(failure.retry_after, std::nullopt);
}

TEST(FromGrpcStatus, TakesPreconditions) {
  google::rpc::PreconditionFailure unmet;
  auto* violation = unmet.add_violations();
  violation->set_type("CAPABILITY");
  violation->set_subject("tpu");
  violation->set_description("0 of 14");

  const absl::Status status = FromGrpcStatus(
      ServiceAnswer(grpc::FAILED_PRECONDITION, "none", ErrorInfoOf("NO_RUNNER_QUALIFIES"), unmet),
      Context());

  EXPECT_TRUE(Fails(status, ErrorReason::kNoRunnerQualifies));
  EXPECT_THAT(DetailOf(status).unmet,
              ElementsAre(UnmetPrecondition{"CAPABILITY", "tpu", "0 of 14"}));
}

TEST(FromGrpcStatus, AReasonOfLaterTimesKeepsItsNameAndRetryTime) {
  const absl::Status status = FromGrpcStatus(
      ServiceAnswer(grpc::UNAVAILABLE, "later", ErrorInfoOf("BRAND_NEW"), RetryInfoOf(7)),
      Context());

  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(MessageOf(status), "later");
  const Failure failure = FailureOf(status);
  EXPECT_EQ(failure.reason, std::nullopt);
  EXPECT_EQ(failure.reason_name, "BRAND_NEW");
  EXPECT_EQ(failure.retry_after, absl::Seconds(7));
}

TEST(FromGrpcStatus, AKnownReasonWithAnotherCodeIsNotTrusted) {
  const absl::Status status =
      FromGrpcStatus(ServiceAnswer(grpc::UNKNOWN, "x", ErrorInfoOf("RUNNER_NOT_FOUND")), Context());

  EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(FailureOf(status).reason, std::nullopt);
  EXPECT_EQ(FailureOf(status).reason_name, "RUNNER_NOT_FOUND");
}

TEST(FromGrpcStatus, ErrorsOfOthersAreNotTheServices) {
  const absl::Status foreign = FromGrpcStatus(
      ServiceAnswer(grpc::NOT_FOUND, "their words", ErrorInfoOf("RUNNER_NOT_FOUND", "other.org")),
      Context());

  EXPECT_EQ(FailureOf(foreign).reason, std::nullopt);
  EXPECT_EQ(FailureOf(foreign).reason_name, "NOT_FOUND");
  EXPECT_THAT(std::string(MessageOf(foreign)), HasSubstr("not from a Runners server"));
}

TEST(FromGrpcStatus, WithoutAnAnswerSaysWhatToDoInWordsOfOurs) {
  const auto message = [](grpc::StatusCode code, bool could_not_connect = false) {
    const absl::Status status = FromGrpcStatus(grpc::Status(code, "ipv4:10.0.0.1: tcp handshaker"),
                                               Context(could_not_connect));
    EXPECT_EQ(static_cast<int>(status.code()), static_cast<int>(code));
    EXPECT_THAT(std::string(MessageOf(status)), Not(HasSubstr("handshaker")));
    return std::string(MessageOf(status));
  };

  EXPECT_EQ(message(grpc::UNAVAILABLE, true),
            "cannot reach 127.0.0.1:7: is the server running there?");
  EXPECT_EQ(message(grpc::UNAVAILABLE),
            "the connection to 127.0.0.1:7 was lost before the answer came");
  EXPECT_EQ(message(grpc::DEADLINE_EXCEEDED), "no answer from 127.0.0.1:7 within 1.5s");
  EXPECT_THAT(message(grpc::UNIMPLEMENTED), HasSubstr("does not know this call"));
  EXPECT_THAT(message(grpc::RESOURCE_EXHAUSTED), HasSubstr("larger than"));
  EXPECT_THAT(message(grpc::INTERNAL), HasSubstr("not from a Runners server"));
}

}  // namespace
}  // namespace runners::client

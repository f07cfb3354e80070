#include "app/ctl/failure.h"

#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "adapters/grpc/client/failure.h"
#include "core/support/error.h"
#include "google/rpc/error_details.pb.h"
#include "tests/support/service_answer.h"
#include "tests/unit/app/ctl/ctl_samples.h"

namespace runners::ctl {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

struct Report {
  int code = 0;
  std::string text;
};

Report ReportOf(const absl::Status& failure) {
  std::ostringstream err;
  const int code = ReportFailure(failure, err);
  return {code, err.str()};
}

// An error as the service answers it.
template <typename... Details>
absl::Status Answered(grpc::StatusCode code, const std::string& message, const std::string& reason,
                      const Details&... details) {
  return client::FromGrpcStatus(
      runners::testing::ServiceAnswer(code, message, runners::testing::ErrorInfoOf(reason),
                                      details...),
      {.address = "127.0.0.1:1", .timeout = absl::Seconds(1), .could_not_connect = false});
}

TEST(ReportFailure, NamesTheReason) {
  const Report report = ReportOf(Answered(grpc::NOT_FOUND, "runner not found", "RUNNER_NOT_FOUND"));

  EXPECT_EQ(report.text, "runnersctl: runner not found (RUNNER_NOT_FOUND)\n");
  EXPECT_EQ(report.code, kExitFailed);
}

TEST(ReportFailure, NoRunnerQualifiesHasItsExitCode) {
  const Report report = ReportOf(
      Answered(grpc::FAILED_PRECONDITION, "capability tpu: 0 of 3", "NO_RUNNER_QUALIFIES"));

  EXPECT_EQ(report.text, "runnersctl: capability tpu: 0 of 3 (NO_RUNNER_QUALIFIES)\n");
  EXPECT_EQ(report.code, kExitNoRunnerQualifies);
}

TEST(ReportFailure, AReasonOfLaterTimesIsNamed) {
  const Report report = ReportOf(Answered(grpc::FAILED_PRECONDITION, "no", "BRAND_NEW"));

  EXPECT_EQ(report.text, "runnersctl: no (BRAND_NEW)\n");
  EXPECT_EQ(report.code, kExitFailed);
}

TEST(ReportFailure, ShowsViolationsTheSentenceLeavesOut) {
  google::rpc::BadRequest bad;
  for (const char* field : {"name", "labels"}) {
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description("is bad");
  }

  const Report report = ReportOf(
      Answered(grpc::INVALID_ARGUMENT, "name: is bad and 1 more", "INVALID_ARGUMENT", bad));

  EXPECT_EQ(report.text,
            "runnersctl: name: is bad and 1 more (INVALID_ARGUMENT)\n  labels: is bad\n");
}

TEST(ReportFailure, ADefectNamesTheRequest) {
  google::rpc::RequestInfo request;
  request.set_request_id("r-1");

  const Report report = ReportOf(Answered(grpc::INTERNAL, "internal error", "INTERNAL", request));

  EXPECT_EQ(report.text, "runnersctl: internal error (INTERNAL, request r-1)\n");
}

TEST(ReportFailure, WhatAServerSaysIsPrintable) {
  const Report report = ReportOf(Answered(grpc::NOT_FOUND, "a\x1B[2Jb\nc", "RUNNER_NOT_FOUND\x1B"));

  EXPECT_THAT(report.text, Not(HasSubstr("\x1B")));
  EXPECT_THAT(report.text, HasSubstr("a\\x1b[2Jb\\x0ac"));
}

TEST(ReportFailure, ALocalFailureHasNoReason) {
  const Report report = ReportOf(LocalFailure("cannot write x: No space left on device"));

  EXPECT_EQ(report.text, "runnersctl: cannot write x: No space left on device\n");
  EXPECT_EQ(report.code, kExitFailed);
}

TEST(ReportUsage, SaysHowToGetHelp) {
  std::ostringstream err;

  const int code = ReportUsage("ID must be a UUID", "runnersctl get", err);

  EXPECT_EQ(err.str(), "runnersctl: ID must be a UUID (usage: runnersctl get --help)\n");
  EXPECT_EQ(code, 64);
}

TEST(IsUsageFailure, TellsItFromOthers) {
  EXPECT_TRUE(IsUsageFailure(UsageFailure("x")));
  EXPECT_FALSE(IsUsageFailure(LocalFailure("x")));
  EXPECT_FALSE(IsUsageFailure(MakeError(ErrorReason::kInvalidArgument, "x")));
}

TEST(Shown, IsPrintableAndShort) {
  EXPECT_EQ(Shown("a\x1B"), "'a\\x1b'");
  EXPECT_THAT(Shown(std::string(100, 'x')), EndsWith("xxx...'"));
}

TEST(Shown, RepeatsNoServiceToken) {
  EXPECT_EQ(Shown(kSampleToken), "a service token");
}

}  // namespace
}  // namespace runners::ctl

#include "tests/functional/rpc/rpc_fixture.h"

// Clients take 8 KiB of trailers: the longest errors, as a client with default arguments gets them.
namespace runners::testing {
namespace {

using grpc::StatusCode;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// As grpc-message carries it: what is not printable ASCII is three bytes there.
std::size_t OnTheWire(const std::string& message) {
  std::size_t bytes = 0;
  for (const char c : message) bytes += c >= ' ' && c <= '~' && c != '%' ? 1 : 3;
  return bytes;
}

void ExpectWithinBounds(const grpc::Status& status) {
  const RpcError error = ErrorOf(status);
  EXPECT_LE(OnTheWire(status.error_message()), 1024U);
  EXPECT_LE(error.detail_bytes, 4096U);
  EXPECT_EQ(error.message, status.error_message());
  // Everything together, base64 included, with room for the names of the headers.
  EXPECT_LE(OnTheWire(status.error_message()) + status.error_details().size() * 4 / 3, 8000U);
}

// Text of three-byte characters.
std::string Wide(int characters) {
  std::string text;
  for (int i = 0; i < characters; ++i) text += "\xE2\x82\xAC";
  return text;
}

TEST(ErrorSize, HundredsOfViolationsAreCutAndCounted) {
  RpcRig rig;
  pb::RegisterRunnerRequest request = Described(std::string(300, 'n'), std::string(1000, 'o'));
  for (const std::string& key : Numbered(std::string(400, 'k'), 150)) {
    (*request.mutable_labels())[key] = "tab\t";
  }
  for (int i = 0; i < 400; ++i) request.add_capabilities("");

  const auto answer = TryRegister(rig, request, As(kAdminId));

  ASSERT_TRUE(FailsWith(answer, StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT"));
  ExpectWithinBounds(answer.status);
  EXPECT_THAT(answer.status.error_message(), HasSubstr("name: "));
  EXPECT_THAT(answer.status.error_message(), ContainsRegex("; and [0-9]+ more$"));
  // 2 of the texts, 2 of the counts, 2 for each label, 1 for each capability and 1 for the sum.
  const RpcError error = ErrorOf(answer.status);
  ASSERT_GT(error.violations.size(), 10U);
  EXPECT_EQ(
      error.violations.back().second,
      "and " + std::to_string(2 + 2 + 2 * 150 + 400 + 1 - (error.violations.size() - 1)) + " more");
}

TEST(ErrorSize, WideCharactersAreCutAsTheyTravel) {
  RpcRig rig;
  pb::RegisterRunnerRequest request = Described("r");
  for (const std::string& suffix : Numbered("", 64)) {
    (*request.mutable_labels())[suffix + Wide(60)] = "tab\t";
  }

  const auto answer = TryRegister(rig, request, As(kAdminId));

  ASSERT_TRUE(FailsWith(answer, StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT"));
  ExpectWithinBounds(answer.status);
  EXPECT_THAT(answer.status.error_message(), ContainsRegex("; and [0-9]+ more$"));
}

TEST(ErrorSize, ThousandsOfBadExclusionsAreCutAndCounted) {
  RpcRig rig;
  pb::SelectRunnerRequest request;
  for (int i = 0; i < 40'000; ++i) request.add_exclude_runner_ids("");

  const auto answer = TrySelect(rig, request);

  ASSERT_TRUE(FailsWith(answer, StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT"));
  ExpectWithinBounds(answer.status);
  EXPECT_THAT(ErrorOf(answer.status).violations.back().second, MatchesRegex("and [0-9]+ more"));
}

class LongestRefusal : public ::testing::TestWithParam<bool> {
 protected:
  std::string Long(const std::string& suffix) const {
    return suffix + (GetParam() ? Wide(80) : std::string(240, 'x'));
  }
};

TEST_P(LongestRefusal, IsCutAndCounted) {
  RpcRig rig;
  rig.RegisterEnrolled("r", kAcmeId);
  pb::SelectRunnerRequest request;
  request.set_organization_id(kAcmeId);
  for (const std::string& suffix : Numbered("", 64)) {
    (*request.mutable_labels())[Long(suffix)] = Long("v");
    request.add_capabilities(Long(suffix));
  }

  const auto answer = TrySelect(rig, request);

  ASSERT_TRUE(FailsWith(answer, StatusCode::FAILED_PRECONDITION, "NO_RUNNER_QUALIFIES"));
  ExpectWithinBounds(answer.status);
  EXPECT_THAT(answer.status.error_message(),
              ContainsRegex("^no runner qualifies: label .*; and [0-9]+ more$"));
  const RpcError error = ErrorOf(answer.status);
  EXPECT_THAT(error.metadata.at("unmet"), ContainsRegex("; and [0-9]+ more$"));
  EXPECT_EQ(error.preconditions.back().description,
            "and " + std::to_string(128 - (error.preconditions.size() - 1)) + " more");
}

INSTANTIATE_TEST_SUITE_P(Of, LongestRefusal, ::testing::Bool(), [](const auto& wide) {
  return std::string(wide.param ? "WideCharacters" : "Ascii");
});

TEST(ErrorSize, AShortErrorIsWhole) {
  RpcRig rig;

  const auto answer = TryRegister(rig, Described(""), As(kAdminId));

  EXPECT_EQ(answer.status.error_message(), "name: must not be empty");
  EXPECT_THAT(ErrorOf(answer.status).kinds,
              ::testing::UnorderedElementsAre("ErrorInfo", "RequestInfo", "BadRequest"));
}

}  // namespace
}  // namespace runners::testing

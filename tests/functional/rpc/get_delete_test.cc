#include "tests/functional/rpc/rpc_fixture.h"

namespace runners::testing {
namespace {

using grpc::StatusCode;
using ::testing::ElementsAre;

TEST(GetRunner, FindsItByAnUpperCaseIdInSpaces) {
  RpcRig rig;
  const std::string id = rig.Register("r").runner().meta().id();
  std::string shouted = " " + id + "\n";
  for (char& c : shouted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));

  const auto answer = TryGet(rig, shouted, As(kStrangerId));

  ASSERT_TRUE(Succeeds(answer));
  EXPECT_EQ(answer->runner().meta().id(), id);
}

TEST(GetRunner, AnUnknownOneIsNotFound) {
  RpcRig rig;

  const auto answer = TryGet(rig, kAcmeId, As(kAdminId));

  EXPECT_TRUE(FailsWith(answer, StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
  EXPECT_EQ(answer.status.error_message(), "runner not found");
}

// So that nobody learns of a foreign runner by asking.
TEST(GetRunner, AHiddenOneAnswersExactlyAsAnUnknownOne) {
  RpcRig rig;
  const std::string hidden = rig.Register("r", kAcmeId).runner().meta().id();
  const From stranger = As(kStrangerId).With("x-request-id", kGlobexId);

  const auto of_hidden = TryGet(rig, hidden, stranger);
  const auto of_unknown = TryGet(rig, kAcmeId, stranger);

  EXPECT_EQ(of_hidden.status.error_code(), of_unknown.status.error_code());
  EXPECT_EQ(of_hidden.status.error_message(), of_unknown.status.error_message());
  EXPECT_EQ(of_hidden.status.error_details(), of_unknown.status.error_details());
}

TEST(GetRunner, TimesHaveMicrosecondsAndNoMore) {
  RpcRig rig;
  const std::string id = rig.Register("r").runner().meta().id();
  rig.database().Query(
      "UPDATE runners SET created_at = '2026-01-02 03:04:05.678901+00', updated_at = "
      "'2026-01-02 03:04:05.000001+00'");

  const pb::Runner runner = rig.Get(id);

  EXPECT_EQ(runner.meta().created_at().seconds(), 1767323045);
  EXPECT_EQ(runner.meta().created_at().nanos(), 678901000);
  EXPECT_EQ(runner.meta().updated_at().nanos(), 1000);
}

TEST(GetRunner, WithoutADatabaseIsUnavailable) {
  RpcRig rig;
  const std::string id = rig.Register("r").runner().meta().id();
  CloseDatabase(rig);

  EXPECT_TRUE(
      FailsWith(TryGet(rig, id, As(kAdminId)), StatusCode::UNAVAILABLE, "DATABASE_UNAVAILABLE"));
}

TEST(DeleteRunner, IsGoneForEveryRpc) {
  RpcRig rig;
  const auto registered = rig.Register("r", kAcmeId);
  rig.Enroll(registered.service_token());
  const std::string id = registered.runner().meta().id();

  ASSERT_TRUE(Succeeds(TryDelete(rig, id, As(kOwnerId))));

  pb::UpdateRunnerRequest update;
  update.set_id(id);
  update.set_name("again");
  pb::SelectRunnerRequest select;
  select.set_organization_id(kAcmeId);
  const auto get = TryGet(rig, id, As(kAdminId));
  EXPECT_TRUE(FailsWith(get, StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
  EXPECT_EQ(get.status.error_message(), "runner not found");
  EXPECT_TRUE(FailsWith(TryUpdate(rig, update), StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
  EXPECT_TRUE(
      FailsWith(TryDelete(rig, id, As(kAdminId)), StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
  EXPECT_TRUE(FailsWith(TryEnroll(rig, registered.service_token()), StatusCode::NOT_FOUND,
                        "SERVICE_TOKEN_NOT_FOUND"));
  EXPECT_TRUE(FailsWith(TryValidate(rig, registered.service_token(), Nobody()),
                        StatusCode::NOT_FOUND, "SERVICE_TOKEN_NOT_FOUND"));
  EXPECT_TRUE(
      FailsWith(TrySelect(rig, select), StatusCode::FAILED_PRECONDITION, "NO_RUNNER_QUALIFIES"));
  EXPECT_EQ(TryList(rig, {}, As(kAdminId))->runners_size(), 0);
}

TEST(DeleteRunner, WorksWhileTheOverlayIsAway) {
  RpcRig rig;
  const std::string id = rig.RegisterEnrolled("r").meta().id();
  rig.overlay().GoAway();

  EXPECT_TRUE(Succeeds(TryDelete(rig, id, As(kAdminId))));
  EXPECT_EQ(rig.database().Value("SELECT count(*) FROM work WHERE action = 'remove_runner'"), "1");
}

TEST(DeleteRunner, WithItsEtagSucceeds) {
  RpcRig rig;
  const pb::Runner runner = rig.Register("r").runner();

  EXPECT_TRUE(Succeeds(TryDelete(rig, runner.meta().id(), As(kAdminId), runner.etag())));
}

TEST(DeleteRunner, WithAStaleEtagIsAbortedAndChangesNothing) {
  RpcRig rig;
  const pb::Runner runner = rig.Register("r").runner();
  pb::UpdateRunnerRequest update;
  update.set_id(runner.meta().id());
  update.set_name("renamed");
  ASSERT_TRUE(Succeeds(TryUpdate(rig, update)));
  const pb::Runner before = rig.Get(runner.meta().id());

  const auto answer = TryDelete(rig, runner.meta().id(), As(kAdminId), runner.etag());

  EXPECT_TRUE(FailsWith(answer, StatusCode::ABORTED, "ETAG_MISMATCH"));
  EXPECT_TRUE(Same(rig.Get(runner.meta().id()), before));
}

TEST(DeleteRunner, OfAnotherOneLeavesTheRest) {
  RpcRig rig;
  const std::string first = rig.Register("first").runner().meta().id();
  rig.Register("second");

  rig.Delete(first);

  EXPECT_THAT(NamesOf(TryList(rig, {}, As(kAdminId)).response), ElementsAre("second"));
}

TEST(ValidateServiceToken, TellsWhoseTokenItIs) {
  RpcRig rig;
  const auto registered = rig.Register("r", kAcmeId);

  const auto internal = TryValidate(rig, registered.service_token(), Nobody());
  const auto admin = TryValidate(rig, registered.service_token(), As(kAdminId));

  ASSERT_TRUE(Succeeds(internal));
  ASSERT_TRUE(Succeeds(admin));
  EXPECT_TRUE(Same(internal->runner(), registered.runner()));
  EXPECT_TRUE(Same(admin->runner(), registered.runner()));
}

TEST(ValidateServiceToken, WhiteSpaceAroundItIsDropped) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();

  EXPECT_TRUE(Succeeds(TryValidate(rig, " \t" + token + "\r\n", Nobody())));
}

// The field is called token_hash, and whoever believes the name is told nothing.
TEST(ValidateServiceToken, TheDigestIsNoToken) {
  RpcRig rig;
  rig.Register("r");
  const std::string digest =
      rig.database().Value("SELECT encode(digest, 'hex') FROM service_tokens");

  EXPECT_TRUE(FailsWith(TryValidate(rig, digest, Nobody()), StatusCode::NOT_FOUND,
                        "SERVICE_TOKEN_NOT_FOUND"));
}

TEST(ValidateServiceToken, UnknownAndMalformedOnesAreNotFoundAlike) {
  RpcRig rig;
  rig.Register("r");
  const From from = Nobody().With("x-request-id", kGlobexId);

  const auto unknown = TryValidate(rig, std::string(64, 'a'), from);
  const auto malformed = TryValidate(rig, "secret", from);

  EXPECT_TRUE(FailsWith(unknown, StatusCode::NOT_FOUND, "SERVICE_TOKEN_NOT_FOUND"));
  EXPECT_EQ(unknown.status.error_message(), malformed.status.error_message());
  EXPECT_EQ(unknown.status.error_details(), malformed.status.error_details());
}

TEST(ValidateServiceToken, AnEmptyOneIsInvalid) {
  RpcRig rig;

  EXPECT_TRUE(Refuses(TryValidate(rig, "", Nobody()), {"token_hash"}));
  EXPECT_TRUE(Refuses(TryValidate(rig, " \n", Nobody()), {"token_hash"}));
}

}  // namespace
}  // namespace runners::testing

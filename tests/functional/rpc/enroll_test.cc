#include <future>

#include <nlohmann/json.hpp>

#include "tests/functional/rpc/gated_overlay.h"
#include "tests/functional/rpc/rpc_fixture.h"
#include "tests/support/certificate_requests.h"

namespace runners::testing {
namespace {

using grpc::StatusCode;

using Enrolled = Answer<pb::EnrollRunnerResponse>;

std::future<Enrolled> EnrollAside(RpcRig& rig, const std::string& token, const From& from) {
  return std::async(std::launch::async,
                    [&rig, token, from] { return TryEnroll(rig, token, from); });
}

TEST(EnrollRunner, AnswersWithAnIdentityAndMakesTheRunnerEnrolled) {
  RpcRig rig;
  const auto registered = rig.Register("r");
  const std::string id = registered.runner().meta().id();

  const auto answer = TryEnroll(rig, registered.service_token());

  ASSERT_TRUE(Succeeds(answer));
  const auto identity = nlohmann::json::parse(answer->identity_json());
  EXPECT_EQ(identity.at("id").at("key").get<std::string>().rfind("pem:", 0), 0U);
  EXPECT_EQ(answer->service_name(), "runner-" + id);
  EXPECT_NE(answer->identity_id(), id);
  EXPECT_TRUE(rig.overlay().IsAlive(answer->identity_id()));
  EXPECT_EQ(rig.overlay().Names(OverlayObject::kService), std::set<std::string>{"runner-" + id});
  EXPECT_EQ(rig.Get(id).status(), pb::RUNNER_STATUS_ENROLLED);
}

TEST(EnrollRunner, TheSameTokenGivesANewIdentityEachTime) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();

  const auto first = TryEnroll(rig, token);
  const auto second = TryEnroll(rig, token);

  ASSERT_TRUE(Succeeds(first));
  ASSERT_TRUE(Succeeds(second));
  EXPECT_NE(first->identity_id(), second->identity_id());
  EXPECT_NE(first->identity_json(), second->identity_json());
  EXPECT_EQ(rig.database().Value("SELECT generation FROM work WHERE action = 'remove_identity'"),
            "1");
}

TEST(EnrollRunner, WhiteSpaceAroundTheTokenIsDropped) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();

  EXPECT_TRUE(Succeeds(TryEnroll(rig, "\t " + token + "\r\n")));
}

TEST(EnrollRunner, AnEmptyTokenIsInvalid) {
  RpcRig rig;

  EXPECT_TRUE(Refuses(TryEnroll(rig, ""), {"service_token"}));
  EXPECT_TRUE(Refuses(TryEnroll(rig, " \t\r\n"), {"service_token"}));
}

Enrolled EnrollWithRequest(RpcRig& rig, const std::string& token, const std::string& request) {
  pb::EnrollRunnerRequest message;
  message.set_service_token(token);
  message.set_certificate_request(request);
  return Ask(rig.service(), &Service::EnrollRunner, message, Nobody());
}

TEST(EnrollRunner, ToACertificateRequestTheAnswerHasNoKey) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();
  const std::string request = NewRequest(RequestKey::kP256).csr_pem;

  const auto first = EnrollWithRequest(rig, token, request);
  const auto second = EnrollWithRequest(rig, token, request);

  ASSERT_TRUE(Succeeds(first));
  ASSERT_TRUE(Succeeds(second));
  const auto identity = nlohmann::json::parse(first->identity_json());
  EXPECT_FALSE(identity.at("id").contains("key"));
  EXPECT_TRUE(identity.at("id").contains("cert"));
  EXPECT_EQ(first->generation(), 1);
  EXPECT_EQ(second->generation(), 2);
  EXPECT_NE(first->identity_id(), second->identity_id());
}

TEST(EnrollRunner, ABadCertificateRequestIsInvalidBeforeAnythingIsBegun) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();
  const std::string good = NewRequest(RequestKey::kP256).csr_pem;

  for (const std::string& bad :
       {std::string("not PEM"), good + good, good + "more", WithOneByteMore(good),
        RequestOfAnotherSigner(), NewRequest(RequestKey::kP521).csr_pem,
        NewRequest(RequestKey::kRsa1024).csr_pem, std::string(16 * 1024 + 1, 'x')}) {
    EXPECT_TRUE(Refuses(EnrollWithRequest(rig, token, bad), {"certificate_request"})) << bad;
  }
  EXPECT_TRUE(
      Refuses(EnrollWithRequest(rig, "", "not PEM"), {"service_token", "certificate_request"}));
  EXPECT_EQ(rig.database().Value("SELECT count(*) FROM enrollment_attempts"), "0");
  EXPECT_EQ(rig.overlay().calls(), 0);
}

// One and the same answer, so that nobody learns what is wrong with a token that is not theirs.
TEST(EnrollRunner, EveryTokenThatIsNotLiveIsNotFoundAlike) {
  RpcRig rig;
  const auto deleted = rig.Register("deleted");
  rig.Delete(deleted.runner().meta().id());
  const auto revoked = rig.Register("revoked");
  rig.database().Query("UPDATE service_tokens SET revoked_at = now() WHERE runner_id = '" +
                       revoked.runner().meta().id() + "'");
  const auto expired = rig.Register("expired");
  rig.database().Query("UPDATE service_tokens SET expires_at = now() WHERE runner_id = '" +
                       expired.runner().meta().id() + "'");
  std::string upper = rig.Register("upper").service_token();
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const From from = Nobody().With("x-request-id", kGlobexId);
  const auto unknown = TryEnroll(rig, std::string(64, 'a'), from);

  EXPECT_TRUE(FailsWith(unknown, StatusCode::NOT_FOUND, "SERVICE_TOKEN_NOT_FOUND"));
  for (const std::string& token :
       {std::string("malformed"), std::string(63, 'a'), std::string(10'000, 'b'), upper,
        deleted.service_token(), revoked.service_token(), expired.service_token()}) {
    const auto answer = TryEnroll(rig, token, from);
    EXPECT_EQ(answer.status.error_code(), unknown.status.error_code());
    EXPECT_EQ(answer.status.error_message(), unknown.status.error_message());
    EXPECT_EQ(answer.status.error_details(), unknown.status.error_details());
  }
  EXPECT_EQ(rig.database().Value("SELECT count(*) FROM enrollment_attempts"), "0");
}

struct OverlayTrouble {
  ErrorReason cause;
  const char* reason;
};

class EnrollRunnerInTrouble : public ::testing::TestWithParam<OverlayTrouble> {};

TEST_P(EnrollRunnerInTrouble, IsUnavailableWithATimeToRetryAfter) {
  RpcRig rig;
  const auto registered = rig.Register("r");
  rig.overlay().FailWith(GetParam().cause);

  const auto answer = TryEnroll(rig, registered.service_token());

  EXPECT_TRUE(FailsWith(answer, StatusCode::UNAVAILABLE, GetParam().reason));
  EXPECT_GE(ErrorOf(answer.status).retry_after.value_or(absl::ZeroDuration()), absl::Seconds(1));
  EXPECT_EQ(rig.Get(registered.runner().meta().id()).status(), pb::RUNNER_STATUS_PENDING);
}

TEST_P(EnrollRunnerInTrouble, SucceedsWhenItIsOver) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();
  rig.overlay().FailWith(GetParam().cause);
  ASSERT_FALSE(TryEnroll(rig, token).ok());

  rig.overlay().ComeBack();

  EXPECT_TRUE(Succeeds(TryEnroll(rig, token)));
}

INSTANTIATE_TEST_SUITE_P(
    OfTheOverlay, EnrollRunnerInTrouble,
    ::testing::Values(OverlayTrouble{ErrorReason::kOverlayUnavailable, "OVERLAY_UNAVAILABLE"},
                      OverlayTrouble{ErrorReason::kOverlayNotConfigured, "OVERLAY_NOT_CONFIGURED"},
                      OverlayTrouble{ErrorReason::kOverlayRejected, "OVERLAY_REJECTED"},
                      OverlayTrouble{ErrorReason::kOverlayConflict, "OVERLAY_CONFLICT"}),
    [](const auto& trouble) { return std::string(trouble.param.reason); });

TEST(EnrollRunner, WithoutADatabaseIsUnavailable) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();
  CloseDatabase(rig);

  const auto answer = TryEnroll(rig, token);

  EXPECT_TRUE(FailsWith(answer, StatusCode::UNAVAILABLE, "DATABASE_UNAVAILABLE"));
  EXPECT_TRUE(ErrorOf(answer.status).retry_after.has_value());
}

// Somebody else's lock is passing trouble, whatever the code of a timeout is elsewhere.
TEST(EnrollRunner, WhileTheRunnerIsLockedIsUnavailable) {
  RpcRig rig;
  const auto registered = rig.Register("r");
  pqxx::connection other(rig.database().database().dsn().Reveal());
  pqxx::work lock(other);
  lock.exec("SELECT FROM runners FOR UPDATE");

  for (const absl::Duration limit : {absl::Seconds(3), absl::Seconds(20)}) {
    const auto answer = TryEnroll(rig, registered.service_token(), Nobody().Within(limit));

    EXPECT_TRUE(FailsWith(answer, StatusCode::UNAVAILABLE, "DATABASE_UNAVAILABLE"));
    EXPECT_TRUE(ErrorOf(answer.status).retry_after.has_value());
  }
}

TEST(EnrollRunner, AnswersHalfASecondBeforeTheDeadlineWhenTheControllerHangs) {
  GatedRig gated;
  const std::string token = gated.rig.Register("r").service_token();
  gated.gate.Close();
  const absl::Duration limit = absl::Seconds(4);
  const absl::Time begun = absl::Now();

  const auto answer = TryEnroll(gated.rig, token, Nobody().Within(limit));

  EXPECT_TRUE(FailsWith(answer, StatusCode::UNAVAILABLE, "OVERLAY_UNAVAILABLE"));
  EXPECT_TRUE(ErrorOf(answer.status).retry_after.has_value());
  EXPECT_LE(absl::Now() - begun, limit - absl::Milliseconds(500));
  EXPECT_EQ(gated.rig.database().Value("SELECT state FROM enrollment_attempts"), "failed");
}

TEST(EnrollRunner, WithoutTimeForTheControllerTakesNoGeneration) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();

  const auto answer = TryEnroll(rig, token, Nobody().Within(absl::Milliseconds(1900)));

  EXPECT_TRUE(FailsWith(answer, StatusCode::UNAVAILABLE, "OVERLAY_UNAVAILABLE"));
  EXPECT_TRUE(ErrorOf(answer.status).retry_after.has_value());
  EXPECT_EQ(rig.database().Value("SELECT last_generation FROM runners"), "0");
  EXPECT_EQ(rig.database().Value("SELECT count(*) FROM enrollment_attempts"), "0");
}

// Clients repeat UNAVAILABLE and exit on DEADLINE_EXCEEDED: waiting for a thread must not end in
// the latter.
TEST(EnrollRunner, StillInTheQueueIsAnsweredHalfASecondBeforeTheDeadline) {
  GatedRig gated(
      {.database_threads = 2, .database_queue = 8, .enrollment_threads = 1, .enrollment_queue = 8});
  const std::string token = gated.rig.Register("r").service_token();
  gated.gate.Close();
  auto first = EnrollAside(gated.rig, token, Nobody());
  ASSERT_TRUE(gated.gate.AwaitWaiting(1));
  const absl::Duration limit = absl::Seconds(2);
  const absl::Time begun = absl::Now();

  const auto second = TryEnroll(gated.rig, token, Nobody().Within(limit));

  EXPECT_TRUE(FailsWith(second, StatusCode::UNAVAILABLE, "OVERLOADED"));
  EXPECT_TRUE(ErrorOf(second.status).retry_after.has_value());
  EXPECT_LT(absl::Now() - begun, limit);
  gated.gate.Open();
  EXPECT_TRUE(Succeeds(first.get()));
  EXPECT_TRUE(Succeeds(TryEnroll(gated.rig, token)));
}

// Two pods of one runner: the one that began earlier and ends later has lost, and must not come
// again.
TEST(EnrollRunner, OvertakenByALaterOneIsAborted) {
  GatedRig gated;
  const auto registered = gated.rig.Register("r");
  gated.gate.Close();
  auto earlier = EnrollAside(gated.rig, registered.service_token(), Nobody());
  ASSERT_TRUE(gated.gate.AwaitWaiting(1));
  // A later generation completes meanwhile; the gate is shut for everybody, so by the store.
  postgres::PostgresEnrollmentStore store(gated.rig.database().transactor());
  const Call call = gated.rig.database().CallBy();
  const auto later =
      store.Begin(call, gated.rig.database().hasher().Sha256(registered.service_token()),
                  gated.rig.database().entropy().NewUuid(), absl::Minutes(1));
  ASSERT_TRUE(later.ok());
  ASSERT_TRUE(store.Complete(call, *later, "later-identity").ok());

  gated.gate.Open();

  EXPECT_TRUE(FailsWith(earlier.get(), StatusCode::ABORTED, "ENROLLMENT_SUPERSEDED"));
  EXPECT_EQ(gated.rig.database().Value(
                "SELECT overlay_id FROM overlay_identities WHERE state = 'current'"),
            "later-identity");
}

TEST(EnrollRunner, OfARunnerDeletedMeanwhileIsNotFound) {
  GatedRig gated;
  const auto registered = gated.rig.Register("r");
  gated.gate.Close();
  auto enrolling = EnrollAside(gated.rig, registered.service_token(), Nobody());
  ASSERT_TRUE(gated.gate.AwaitWaiting(1));
  gated.rig.Delete(registered.runner().meta().id());

  gated.gate.Open();

  EXPECT_TRUE(FailsWith(enrolling.get(), StatusCode::NOT_FOUND, "SERVICE_TOKEN_NOT_FOUND"));
}

TEST(EnrollRunner, OverlayAwayLeavesEverythingElseServing) {
  RpcRig rig;
  rig.RegisterEnrolled("r", kAcmeId);
  rig.overlay().GoAway();
  pb::SelectRunnerRequest select;
  select.set_organization_id(kAcmeId);

  const auto registered = TryRegister(rig, Described("s", kAcmeId), As(kOwnerId));

  EXPECT_TRUE(Succeeds(registered));
  EXPECT_TRUE(Succeeds(TrySelect(rig, select)));
  EXPECT_EQ(TryList(rig, {}, As(kOwnerId))->runners_size(), 2);
  EXPECT_TRUE(Succeeds(TryDelete(rig, registered->runner().meta().id(), As(kOwnerId))));
}

}  // namespace
}  // namespace runners::testing

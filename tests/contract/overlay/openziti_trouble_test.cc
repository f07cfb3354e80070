#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "adapters/openziti/envelope.h"
#include "core/support/error.h"
#include "runners/runner.h"
#include "tests/contract/overlay/controller_rig.h"
#include "tests/support/certificate_requests.h"

namespace runners::testing {
namespace {

constexpr char kManagement[] = "/edge/management/v1";
constexpr char kEnroll[] = "/edge/client/v1/enroll";

// A port of 127.0.0.1 that nobody listens on while this lives.
class DeafPort {
 public:
  DeafPort() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~DeafPort() { close(socket_); }
  DeafPort(const DeafPort&) = delete;
  DeafPort& operator=(const DeafPort&) = delete;

  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }

 private:
  const int socket_;
  int port_ = 0;
};

// The adapter when a controller, or the way to it, is not well.
class OpenZitiTrouble : public ::testing::TestWithParam<ControllerKind> {
 protected:
  Overlay& overlay() { return rig_->overlay(); }
  FaultyGateway& gateway() { return rig_->gateway(); }
  IdentityKey Key() { return {runner_, 1, NewText()}; }

  std::string Path(const std::string& collection) {
    return std::string(kManagement) + "/" + collection;
  }

  // That service, policy and a usable identity come about, each once.
  void ExpectAllWell() {
    EXPECT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());
    const auto issued = overlay().IssueIdentity(Key(), std::nullopt, SoonEnough());
    ASSERT_EQ(issued.status(), absl::OkStatus());
    RunnerLogin runner(issued->identity_file);
    EXPECT_EQ(runner.LogIn(), 200);
    EXPECT_EQ(runner.Services().size(), 1U);
    for (const OverlayObject kind :
         {OverlayObject::kService, OverlayObject::kPolicy, OverlayObject::kIdentity}) {
      EXPECT_EQ(rig_->Names(kind, runner_).size(), 1U);
    }
  }

  const RunnerId runner_ = NewRunnerId();
  std::unique_ptr<ControllerRig> rig_ = GetParam().make();
};

TEST_P(OpenZitiTrouble, LateTimeoutsOfAllCreatesAreAdopted) {
  gateway().Spoil("POST", Path("service"), Fault::kLateTimeout, 2);
  gateway().Spoil("POST", Path("identities"), Fault::kLateTimeout);
  ExpectAllWell();
}

TEST_P(OpenZitiTrouble, LostAnswersOfAllCreatesAreAdopted) {
  gateway().Spoil("POST", Path("service"), Fault::kLostAnswer, 2);
  gateway().Spoil("POST", Path("identities"), Fault::kLostAnswer);
  ExpectAllWell();
}

TEST_P(OpenZitiTrouble, PassingOverloadIsRepeated) {
  // One step is tried three times.
  gateway().Spoil("GET", kManagement, Fault::kFollowerError, 1);
  gateway().Spoil("POST", kManagement, Fault::kOverload, 1);
  gateway().Spoil("POST", kEnroll, Fault::kOverload, 2);
  ExpectAllWell();
}

TEST_P(OpenZitiTrouble, CertificateOfALostEnrollAnswerIsReadBack) {
  gateway().Spoil("POST", kEnroll, Fault::kLostAnswer);
  ExpectAllWell();
  EXPECT_EQ(gateway().Count("POST", kEnroll), 1);
}

TEST_P(OpenZitiTrouble, CertificateOfALostAnswerToARequestIsReadBack) {
  gateway().Spoil("POST", kEnroll, Fault::kLostAnswer);
  const system::KeyAndRequest own = NewRequest(RequestKey::kP256);

  const auto issued = overlay().IssueIdentity(Key(), own.csr_pem, SoonEnough());

  ASSERT_EQ(issued.status(), absl::OkStatus());
  EXPECT_EQ(gateway().Count("POST", kEnroll), 1);
  EXPECT_EQ(RunnerLogin(WithKey(issued->identity_file, own.key_pem)).LogIn(), 200);
}

TEST_P(OpenZitiTrouble, CertificateOfALateEnrollIsReadBack) {
  gateway().Spoil("POST", kEnroll, Fault::kLateTimeout);
  ExpectAllWell();
  EXPECT_EQ(gateway().Count("POST", kEnroll), 1);
}

TEST_P(OpenZitiTrouble, RemovalIsRepeatedAndALateDeleteIsSuccess) {
  ExpectAllWell();
  gateway().Spoil("DELETE", kManagement, Fault::kLateTimeout, 1);
  gateway().Spoil("DELETE", kManagement, Fault::kOverload, 1);

  EXPECT_EQ(overlay().RemoveRunner(runner_, SoonEnough()).status(), absl::OkStatus());

  for (const OverlayObject kind :
       {OverlayObject::kService, OverlayObject::kPolicy, OverlayObject::kIdentity}) {
    EXPECT_EQ(rig_->Names(kind, runner_).size(), 0U);
  }
}

TEST_P(OpenZitiTrouble, LastingOverloadIsUnavailableAfterThreeTries) {
  gateway().Spoil("GET", Path("services"), Fault::kOverload, 1000);

  const absl::Status ensured = overlay().EnsureRunner(runner_, SoonEnough());

  EXPECT_TRUE(HasReason(ensured, ErrorReason::kOverlayUnavailable));
  EXPECT_TRUE(DetailOf(ensured).retry_after);
  EXPECT_EQ(gateway().Count("GET", Path("services")), 3);
}

TEST_P(OpenZitiTrouble, ExpiredSessionIsOneNewLogin) {
  ExpectAllWell();
  ASSERT_EQ(gateway().logins(), 1);

  gateway().ExpireSessions();
  ExpectAllWell();

  EXPECT_EQ(gateway().logins(), 2);
}

TEST_P(OpenZitiTrouble, WrongPasswordIsRejectedAfterOneLogin) {
  openziti::OpenZitiOptions options = rig_->Options();
  options.password = Secret("not the password");
  const auto adapter = rig_->Make(options);

  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(
        HasReason(adapter->EnsureRunner(runner_, SoonEnough()), ErrorReason::kOverlayRejected));
  }
  EXPECT_EQ(gateway().logins(), 1);
}

TEST_P(OpenZitiTrouble, NobodyListeningIsUnavailableAtOnce) {
  const DeafPort deaf;
  openziti::OpenZitiOptions options = rig_->Options();
  options.management_url = deaf.url();
  const auto adapter = rig_->Make(options);
  const absl::Time started = absl::Now();

  const auto issued = adapter->IssueIdentity(Key(), std::nullopt, SoonEnough());

  EXPECT_TRUE(HasReason(issued.status(), ErrorReason::kOverlayUnavailable));
  EXPECT_TRUE(HasReason(adapter->Version(SoonEnough()).status(), ErrorReason::kOverlayUnavailable));
  EXPECT_LT(absl::Now() - started, absl::Seconds(5));
}

TEST_P(OpenZitiTrouble, ControllerOfAnotherAuthorityIsNotLoggedInAt) {
  openziti::OpenZitiOptions options = rig_->Options();
  options.ca_file = rig_->admin().access().ca_file;  // does not verify the gateway
  const auto adapter = rig_->Make(options);

  EXPECT_TRUE(
      HasReason(adapter->EnsureRunner(runner_, SoonEnough()), ErrorReason::kOverlayUnavailable));
  EXPECT_EQ(gateway().logins(), 0);
}

INSTANTIATE_TEST_SUITE_P(Controllers, OpenZitiTrouble, ::testing::ValuesIn(AllControllers()),
                         [](const auto& tested) { return tested.param.name; });

// The same with a controller one may stop.
class DevControllerTrouble : public OpenZitiTrouble {};

TEST_P(DevControllerTrouble, RestartedControllerIsUsedAgainWithTheOldSession) {
  ExpectAllWell();
  rig_->process()->Kill();
  EXPECT_TRUE(
      HasReason(overlay().EnsureRunner(runner_, SoonEnough()), ErrorReason::kOverlayUnavailable));

  rig_->process()->Start();
  ExpectAllWell();

  EXPECT_EQ(gateway().logins(), 1);
}

TEST_P(DevControllerTrouble, FrozenControllerIsUnavailableInsideTheDeadline) {
  ExpectAllWell();
  rig_->process()->Freeze();
  const absl::Time deadline = absl::Now() + absl::Seconds(1);
  const auto removed = overlay().RemoveIdentity(runner_, 1, deadline);
  const absl::Time answered = absl::Now();
  rig_->process()->Thaw();

  EXPECT_TRUE(HasReason(removed.status(), ErrorReason::kOverlayUnavailable));
  EXPECT_LT(answered, deadline + absl::Seconds(1));
  EXPECT_EQ(overlay().RemoveIdentity(runner_, 1, SoonEnough()).status(), absl::OkStatus());
}

INSTANTIATE_TEST_SUITE_P(Controllers, DevControllerTrouble, ::testing::ValuesIn(DevControllers()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace runners::testing

#include <gtest/gtest.h>
#include <signal.h>

#include <optional>

#include "absl/time/clock.h"
#include "tests/contract/dev_controller/controller_fixture.h"

namespace runners::testing {
namespace {

using nlohmann::json;
using openziti::HttpMethod;
using openziti::HttpResponse;

struct FaultCase {
  std::string kind;
  std::optional<int> status;  // none: no answer that can be read
  std::string code;
  bool applied = false;
};
void PrintTo(const FaultCase& tested, std::ostream* out) {
  *out << tested.kind;
}

class DevControllerFault : public ::testing::TestWithParam<FaultCase> {
 protected:
  void Plant(const json& rule) { running_.admin.Develop(HttpMethod::kPost, "/faults", rule); }

  // An error when the connection ended without a whole answer.
  absl::StatusOr<HttpResponse> CreateService(const std::string& name) {
    return running_.Send(HttpMethod::kPost, running_.process.management_url() + "/services",
                         session_, {{"name", name}, {"encryptionRequired", true}});
  }

  bool Exists(const std::string& name) {
    return !running_.admin.FindByName("services", name).is_null();
  }

  RunningController running_{OptionsFor("2.0")};
  const std::string session_ = running_.NewSession();
};

TEST_P(DevControllerFault, HitsTheNextRequestOfItsKindOnly) {
  const FaultCase& tested = GetParam();
  Plant({{"method", "POST"}, {"path", "/edge/management/v1/services"}, {"kind", tested.kind}});

  const absl::StatusOr<HttpResponse> spoiled = CreateService("one");

  ASSERT_EQ(spoiled.ok(), tested.status.has_value());
  if (spoiled.ok()) {
    EXPECT_EQ(spoiled->status, *tested.status);
    EXPECT_EQ(openziti::ErrorCodeOf(*spoiled), tested.code);
    EXPECT_FALSE(openziti::DataOf(*spoiled));
  }
  EXPECT_EQ(Exists("one"), tested.applied);
  const absl::StatusOr<HttpResponse> next = CreateService("two");
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next->status, 201);
  EXPECT_TRUE(Exists("two"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, DevControllerFault,
                         ::testing::Values(FaultCase{"overload", 429, "SERVER_TOO_MANY_REQUESTS",
                                                     false},
                                           FaultCase{"server-error", 500, "UNHANDLED", false},
                                           FaultCase{"timeout-before", 503, "TIMEOUT", false},
                                           FaultCase{"timeout-after", 503, "TIMEOUT", true},
                                           FaultCase{"drop-before", std::nullopt, "", false},
                                           FaultCase{"drop-after", std::nullopt, "", true},
                                           FaultCase{"garbage", 201, "", true},
                                           FaultCase{"truncated", std::nullopt, "", true}),
                         [](const auto& tested) {
                           std::string name = tested.param.kind;
                           std::erase(name, '-');
                           return name;
                         });

class DevControllerFaults : public DevControllerFault {};

TEST_F(DevControllerFaults, StallAnswersLate) {
  Plant({{"path", "/edge/management/v1/services"}, {"kind", "stall"}, {"milliseconds", 300}});
  const absl::Time started = absl::Now();

  const absl::StatusOr<HttpResponse> answer = CreateService("one");

  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 201);
  EXPECT_GE(absl::Now() - started, absl::Milliseconds(300));
}

TEST_F(DevControllerFaults, ExpiredSessionEndsForGood) {
  Plant({{"path", "/edge/management/v1/services"}, {"kind", "expired-session"}});

  for (int i = 0; i < 2; ++i) {
    const absl::StatusOr<HttpResponse> answer = CreateService("one");
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->status, 401);
    EXPECT_EQ(openziti::ErrorCodeOf(*answer), "UNAUTHORIZED");
  }
  EXPECT_FALSE(Exists("one"));
}

TEST_F(DevControllerFaults, ForeignCertificateIsShownUntilItIsEnded) {
  Plant({{"method", "POST"},
         {"path", "/edge/management/v1/services"},
         {"kind", "foreign-certificate"}});

  for (int i = 0; i < 2; ++i) EXPECT_FALSE(CreateService("one").ok());
  // By a connection from before.
  running_.admin.Develop(HttpMethod::kPatch, "/listeners/management", {{"certificate", "own"}});

  EXPECT_FALSE(Exists("one"));
  const absl::StatusOr<HttpResponse> answer = CreateService("one");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 201);
}

TEST_F(DevControllerFaults, ExitIsADeathBeforeOrAfterTheWrite) {
  for (const bool applied : {false, true}) {
    Plant({{"method", "POST"},
           {"path", "/edge/management/v1/services"},
           {"kind", applied ? "exit-after" : "exit-before"}});

    EXPECT_FALSE(CreateService("one").ok());
    EXPECT_EQ(running_.process.AwaitExit(), 128 + SIGKILL);
    running_.process.Start();

    EXPECT_EQ(Exists("one"), applied);
  }
}

TEST_F(DevControllerFaults, AreCountedAndCanBeCleared) {
  Plant({{"path", "/edge/management/v1/services"}, {"kind", "overload"}, {"times", 5}});
  (void)CreateService("one");
  const json left = running_.admin.Develop(HttpMethod::kGet, "/faults");
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0]["times"], 4);

  running_.admin.Develop(HttpMethod::kDelete, "/faults");

  const absl::StatusOr<HttpResponse> answer = CreateService("one");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 201);
}

TEST_F(DevControllerFaults, UnknownKindIsRefused) {
  EXPECT_THROW(Plant({{"path", "/edge"}, {"kind", "flood"}}), std::runtime_error);
}

}  // namespace
}  // namespace runners::testing

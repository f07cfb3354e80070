#ifdef RUNNERS_FAULT_POINTS

#include <signal.h>

#include <filesystem>
#include <ostream>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fails.h"
#include "tests/support/installation_calls.h"
#include "tests/support/temp_folder.h"

namespace runners::testing {
namespace {

// What is asked of the server that is to die. The runner it is about is enrolled, and nothing is
// left to do for it.
enum class Deed { kRegister, kUpdate, kEnroll, kDelete };

// What the database says of it afterwards.
enum class Fate { kUndone, kDone };

struct Crash {
  Deed deed;
  std::string point;
  Fate fate;
};

void PrintTo(const Crash& crash, std::ostream* stream) {
  *stream << crash.point;
}

// Every point of src/, with the deeds on whose way it lies.
const Crash kCrashes[] = {
    {Deed::kRegister, "register.authorized", Fate::kUndone},
    {Deed::kRegister, "register.committed", Fate::kDone},
    {Deed::kRegister, "overlay_work.claimed", Fate::kDone},
    {Deed::kRegister, "controller.services_created", Fate::kDone},
    {Deed::kRegister, "controller.service-policies_created", Fate::kDone},
    {Deed::kRegister, "overlay_work.effect_done", Fate::kDone},
    {Deed::kRegister, "overlay_work.settled", Fate::kDone},

    {Deed::kUpdate, "update.authorized", Fate::kUndone},
    {Deed::kUpdate, "update.committed", Fate::kDone},

    {Deed::kEnroll, "enroll.attempt_opened", Fate::kUndone},
    {Deed::kEnroll, "enroll.service_ensured", Fate::kUndone},
    {Deed::kEnroll, "controller.identities_created", Fate::kUndone},
    {Deed::kEnroll, "controller.identity_enrolled", Fate::kUndone},
    {Deed::kEnroll, "enroll.identity_issued", Fate::kUndone},
    {Deed::kEnroll, "enroll.completed", Fate::kDone},
    {Deed::kEnroll, "overlay_work.claimed", Fate::kDone},
    {Deed::kEnroll, "controller.identities_deleted", Fate::kDone},
    {Deed::kEnroll, "overlay_work.effect_done", Fate::kDone},
    {Deed::kEnroll, "overlay_work.settled", Fate::kDone},

    {Deed::kDelete, "delete.authorized", Fate::kUndone},
    {Deed::kDelete, "delete.committed", Fate::kDone},
    {Deed::kDelete, "overlay_work.claimed", Fate::kDone},
    {Deed::kDelete, "controller.identities_deleted", Fate::kDone},
    {Deed::kDelete, "controller.services_deleted", Fate::kDone},
    {Deed::kDelete, "controller.service-policies_deleted", Fate::kDone},
    {Deed::kDelete, "overlay_work.effect_done", Fate::kDone},
    {Deed::kDelete, "overlay_work.settled", Fate::kDone},
};

// Where only the repair of another crash comes by.
constexpr const char* kPointsOfRepair[] = {"overlay_work.attempts_closed",
                                           "controller.identities_deleted"};

class CrashTest : public ::testing::TestWithParam<Crash> {
 protected:
  CrashTest() { installation_.AwaitAgreement(); }

  // The answer does not matter: often there is none.
  void Do(Deed deed) {
    client::Client client = installation_.Connect();
    switch (deed) {
      case Deed::kRegister:
        client.Register({"newcomer", OrganizationId::Parse(kAcme), {}, {}}).IgnoreError();
        return;
      case Deed::kUpdate:
        client.Update(id(), {.name = "renamed", .labels = {}, .capabilities = {}, .etag = {}})
            .IgnoreError();
        return;
      case Deed::kEnroll:
        client.Enroll(runner_.service_token).IgnoreError();
        return;
      case Deed::kDelete:
        client.Delete(id()).IgnoreError();
        return;
    }
  }

  void DieAt(const std::string& point, Deed deed) {
    ServerProcess& server = installation_.replica();
    server.Stop();
    server.Start({{"RUNNERS_FAULT_POINT", point}});
    Do(deed);
    ASSERT_EQ(server.AwaitExit(), 128 + SIGKILL) << server.log();
  }

  void Revive() { installation_.replica().Start({{"RUNNERS_FAULT_POINT", ""}}); }

  void ExpectFate(Deed deed, Fate fate) {
    const bool done = fate == Fate::kDone;
    const absl::StatusOr<Runner> runner = installation_.Connect().Get(id());
    switch (deed) {
      case Deed::kRegister:
        EXPECT_EQ(installation_.Value("SELECT count(*) FROM runners WHERE name = 'newcomer'"),
                  done ? "1" : "0");
        break;
      case Deed::kUpdate:
        EXPECT_EQ(Must(runner).name, done ? "renamed" : "r");
        EXPECT_EQ(Must(runner).etag == runner_.runner.etag, !done);
        break;
      case Deed::kEnroll:
        EXPECT_EQ(LoginStatus(first_.identity_json), done ? 401 : 200);
        break;
      case Deed::kDelete:
        if (done) {
          EXPECT_TRUE(Fails(runner.status(), ErrorReason::kRunnerNotFound));
        }
        EXPECT_EQ(runner.ok(), !done);
        EXPECT_EQ(LoginStatus(first_.identity_json), done ? 401 : 200);
        break;
    }
  }

  // Whatever happened, the runner goes on where it was.
  void ExpectUsable() {
    client::Client client = installation_.Connect();
    const client::EnrolledIdentity next = EnrollAt(installation_, runner_.service_token);
    installation_.AwaitAgreement();
    EXPECT_EQ(LoginStatus(first_.identity_json), 401);
    EXPECT_EQ(LoginStatus(next.identity_json), 200);

    EXPECT_TRUE(client.Delete(id()).ok());
    installation_.AwaitAgreement();
    EXPECT_EQ(LoginStatus(next.identity_json), 401);
  }

  const RunnerId& id() const { return runner_.runner.id; }

  Installation installation_{OfThisBuild()};
  const client::Registered runner_ = RegisterAt(installation_, "r");
  const client::EnrolledIdentity first_ = EnrollAt(installation_, runner_.service_token);
};

TEST_P(CrashTest, IsRepairedAfterTheRestart) {
  DieAt(GetParam().point, GetParam().deed);

  installation_.EndLeases();
  Revive();
  installation_.AwaitAgreement();

  ExpectFate(GetParam().deed, GetParam().fate);
  if (GetParam().deed == Deed::kDelete && GetParam().fate == Fate::kDone) return;
  ExpectUsable();
}

INSTANTIATE_TEST_SUITE_P(EveryPoint, CrashTest, ::testing::ValuesIn(kCrashes));

using CrashLeaseTest = CrashTest;

// Nothing but time, and nobody's help: the leases of the dead end by themselves.
TEST_F(CrashLeaseTest, WorkOfADeadWorkerIsDoneWhenItsLeaseEnds) {
  DieAt("overlay_work.claimed", Deed::kDelete);

  Revive();
  installation_.AwaitAgreement();

  ExpectFate(Deed::kDelete, Fate::kDone);
}

TEST_F(CrashLeaseTest, AttemptOfADeadServerIsUndoneWhenItsLeaseEnds) {
  ServerProcess& server = installation_.replica();
  server.Stop();
  server.Start({{"RUNNERS_FAULT_POINT", "enroll.identity_issued"}});
  installation_.Connect().Enroll(runner_.service_token, absl::Seconds(6)).IgnoreError();
  ASSERT_EQ(server.AwaitExit(), 128 + SIGKILL) << server.log();

  Revive();
  installation_.AwaitAgreement(absl::Minutes(1));

  ExpectFate(Deed::kEnroll, Fate::kUndone);
}

// The worker that undoes an attempt dies as well, in the middle.
TEST_F(CrashLeaseTest, RepairThatCrashesIsRepaired) {
  DieAt("enroll.identity_issued", Deed::kEnroll);
  for (const char* point : kPointsOfRepair) {
    installation_.EndLeases();
    installation_.replica().Launch({{"RUNNERS_FAULT_POINT", point}});
    ASSERT_EQ(installation_.replica().AwaitExit(), 128 + SIGKILL) << point;
  }

  installation_.EndLeases();
  Revive();
  installation_.AwaitAgreement();

  ExpectFate(Deed::kEnroll, Fate::kUndone);
  ExpectUsable();
}

// Whose answer died with the server asks again, and has the runner and a token that works.
TEST_F(CrashLeaseTest, RegistrationIsRepeatedWithItsRequestId) {
  client::NewRunner newcomer{"newcomer", OrganizationId::Parse(kAcme), {}, {}};
  newcomer.request_id = RequestId::Parse("dddddddd-0000-4000-8000-000000000004");
  ServerProcess& server = installation_.replica();
  server.Stop();
  server.Start({{"RUNNERS_FAULT_POINT", "register.committed"}});
  EXPECT_FALSE(installation_.Connect().Register(newcomer).ok());
  ASSERT_EQ(server.AwaitExit(), 128 + SIGKILL) << server.log();
  Revive();

  const client::Registered again = Must(installation_.Connect().Register(newcomer));

  EXPECT_EQ(installation_.Value("SELECT id FROM runners WHERE name = 'newcomer'"),
            again.runner.id.text());
  const client::EnrolledIdentity identity = EnrollAt(installation_, again.service_token);
  EXPECT_EQ(LoginStatus(identity.identity_json), 200);
  installation_.AwaitAgreement();
}

// A point somebody adds is named above, or nobody dies there.
TEST(CrashPoints, EveryPointOfTheSourcesHasItsCrash) {
  std::set<std::string> tested(std::begin(kPointsOfRepair), std::end(kPointsOfRepair));
  for (const Crash& crash : kCrashes) tested.insert(crash.point);
  const std::regex reach(R"re(Reach\("([^"]+)"\))re");

  std::set<std::string> points;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(RUNNERS_SOURCE_DIR "/src")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = FileContent(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), reach), end; it != end; ++it) {
      points.insert(it->str(1));
    }
  }

  EXPECT_THAT(points, ::testing::Contains("enroll.attempt_opened"));
  EXPECT_THAT(tested, ::testing::IsSupersetOf(points));
}

}  // namespace
}  // namespace runners::testing

#endif

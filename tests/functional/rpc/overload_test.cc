#include <future>

#include "tests/functional/rpc/gated_overlay.h"
#include "tests/functional/rpc/rpc_fixture.h"

namespace runners::testing {
namespace {

using grpc::StatusCode;

// As many calls as its threads and queue hold, and one more.
TEST(Overload, OfTheEnrollmentLaneIsUnavailableAtOnce) {
  GatedRig gated(
      {.database_threads = 2, .database_queue = 8, .enrollment_threads = 1, .enrollment_queue = 1});
  const std::string token = gated.rig.Register("r").service_token();
  gated.gate.Close();
  const auto enroll = [&] { return TryEnroll(gated.rig, token); };
  auto running = std::async(std::launch::async, enroll);
  ASSERT_TRUE(gated.gate.AwaitWaiting(1));

  // Of these, one waits in the queue; whoever finds it full is turned away while the gate is shut.
  std::vector<std::future<Answer<pb::EnrollRunnerResponse>>> more;
  for (int i = 0; i < 3; ++i) more.push_back(std::async(std::launch::async, enroll));
  int refused = 0;
  while (refused < 2) {
    for (auto& one : more) {
      if (!one.valid() || one.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
        continue;
      }
      const auto answer = one.get();
      EXPECT_TRUE(FailsWith(answer, StatusCode::UNAVAILABLE, "OVERLOADED"));
      EXPECT_TRUE(ErrorOf(answer.status).retry_after.has_value());
      ++refused;
    }
  }
  EXPECT_TRUE(Succeeds(TryList(gated.rig, {}, As(kAdminId)))) << "the other lane goes on";

  gated.gate.Open();
  EXPECT_TRUE(Succeeds(running.get()));
}

TEST(Overload, OfTheDatabaseLaneIsUnavailableAtOnceAndPasses) {
  RpcRig rig(
      {.database_threads = 1, .database_queue = 1, .enrollment_threads = 1, .enrollment_queue = 1});
  const std::string id = rig.Register("r").runner().meta().id();
  pqxx::connection other(rig.database().database().dsn().Reveal());
  pqxx::work lock(other);
  lock.exec("LOCK TABLE runners IN ACCESS EXCLUSIVE MODE");
  const auto get = [&] { return TryGet(rig, id, As(kAdminId)); };

  std::vector<std::future<Answer<pb::GetRunnerResponse>>> calls;
  for (int i = 0; i < 12; ++i) calls.push_back(std::async(std::launch::async, get));
  const auto refused_one = std::find_if(calls.begin(), calls.end(), [](auto& one) {
    return one.wait_for(std::chrono::milliseconds(200)) == std::future_status::ready;
  });
  ASSERT_NE(refused_one, calls.end());
  EXPECT_TRUE(FailsWith(refused_one->get(), StatusCode::UNAVAILABLE, "OVERLOADED"));
  lock.abort();
  for (auto& one : calls) {
    if (one.valid()) one.get();
  }

  EXPECT_TRUE(Succeeds(get()));
}

TEST(Replicas, TakeEachOthersPageTokens) {
  RpcRig rig;
  Replica other(rig.database(), rig.overlay());
  for (const char* name : {"a", "b", "c"}) rig.Register(name, kAcmeId);
  pb::ListRunnersRequest runners;
  runners.set_page_size(1);
  pb::ListGrantsRequest grants;
  grants.set_page_size(1);

  std::vector<std::string> names;
  for (Service* replica : {&rig.service(), &other.service(), &rig.service()}) {
    const auto page = Ask(*replica, &Service::ListRunners, runners, As(kOwnerId));
    ASSERT_TRUE(Succeeds(page));
    names.push_back(page->runners(0).name());
    runners.set_page_token(page->next_page_token());
  }
  EXPECT_THAT(names, ::testing::ElementsAre("a", "b", "c"));
  EXPECT_EQ(runners.page_token(), "");

  grants.set_page_token(
      Ask(other.service(), &Service::ListGrants, grants, As(kAdminId))->next_page_token());
  EXPECT_TRUE(Succeeds(TryListGrants(rig, grants)));
}

TEST(Replicas, WithAnotherKeyDoNotUnlessItCameBeforeTheirs) {
  RpcRig rig;
  pb::ListGrantsRequest grants;
  grants.set_page_size(1);
  grants.set_page_token(TryListGrants(rig, grants)->next_page_token());
  rig.database().Query(
      "UPDATE settings SET previous_page_token_key = page_token_key, page_token_key = "
      "sha256('second')");
  Replica second(rig.database(), rig.overlay());
  rig.database().Query(
      "UPDATE settings SET previous_page_token_key = page_token_key, page_token_key = "
      "sha256('third')");
  Replica third(rig.database(), rig.overlay());

  EXPECT_TRUE(Succeeds(Ask(second.service(), &Service::ListGrants, grants, As(kAdminId))));
  EXPECT_TRUE(FailsWith(Ask(third.service(), &Service::ListGrants, grants, As(kAdminId)),
                        StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"));
}

TEST(Replicas, SeeEachOthersChangesAtOnce) {
  RpcRig rig;
  Replica other(rig.database(), rig.overlay());
  pb::GetRunnerRequest request;
  request.set_id(rig.Register("r").runner().meta().id());

  EXPECT_TRUE(Succeeds(Ask(other.service(), &Service::GetRunner, request, As(kAdminId))));
  rig.Delete(request.id());
  EXPECT_TRUE(FailsWith(Ask(other.service(), &Service::GetRunner, request, As(kAdminId)),
                        StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
}

TEST(Draining, AnswersCallsUnderWayAndNoNewOnes) {
  GatedRig gated;
  const std::string token = gated.rig.Register("r").service_token();
  gated.gate.Close();
  auto under_way = std::async(std::launch::async, [&] { return TryEnroll(gated.rig, token); });
  ASSERT_TRUE(gated.gate.AwaitWaiting(1));

  auto drained = std::async(std::launch::async,
                            [&] { gated.rig.replica().server().Drain(absl::Seconds(20)); });
  // New calls are refused by the service or, once the port is closed, by nobody at all.
  while (TryList(gated.rig, {}, As(kAdminId)).ok()) {
  }
  const auto late = TryList(gated.rig, {}, As(kAdminId));
  EXPECT_EQ(late.status.error_code(), StatusCode::UNAVAILABLE);
  gated.gate.Open();

  EXPECT_TRUE(Succeeds(under_way.get()));
  drained.get();
}

}  // namespace
}  // namespace runners::testing

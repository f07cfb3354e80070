#include "adapters/grpc/client/codec.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/fails.h"

namespace runners::client {
namespace {

using runners::testing::Fails;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kId[] = "11111111-2222-4333-8444-555555555555";
constexpr char kOrg[] = "7d3f1f8e-5c1b-4a57-9b57-0b8f6f1d2c11";

pb::Runner WireRunner() {
  pb::Runner runner;
  runner.mutable_meta()->set_id(kId);
  runner.mutable_meta()->mutable_created_at()->set_seconds(10);
  runner.mutable_meta()->mutable_created_at()->set_nanos(250000000);
  runner.set_name("first");
  runner.set_organization_id(kOrg);
  runner.set_status(pb::RUNNER_STATUS_ENROLLED);
  (*runner.mutable_labels())["a"] = "1";
  runner.add_capabilities("gpu");
  runner.add_capabilities("gpu");
  runner.set_etag("e1");
  return runner;
}

TEST(DecodeRunner, TakesEveryField) {
  const absl::StatusOr<Runner> runner = Decode(WireRunner());

  ASSERT_TRUE(runner.ok()) << runner.status();
  EXPECT_EQ(*runner, (Runner{.id = RunnerId::Parse(kId).value(),
                             .name = "first",
                             .organization_id = OrganizationId::Parse(kOrg),
                             .status = RunnerStatus::kEnrolled,
                             .labels = {{"a", "1"}},
                             .capabilities = {"gpu", "gpu"},
                             .created_at = absl::FromUnixMillis(10250),
                             .updated_at = absl::UnixEpoch(),
                             .etag = "e1"}));
}

TEST(DecodeRunner, AStatusOfLaterTimesIsKept) {
  pb::Runner wire = WireRunner();
  wire.set_status(static_cast<pb::RunnerStatus>(9));

  EXPECT_EQ(RunnerStatusName(Decode(wire)->status), "unknown");
}

TEST(DecodeRunner, AnIdThatIsNoUuidBreaksTheContract) {
  pb::Runner without_id = WireRunner();
  without_id.mutable_meta()->set_id("");
  pb::Runner strange_organization = WireRunner();
  strange_organization.set_organization_id("");

  EXPECT_TRUE(Fails(Decode(without_id).status(), ErrorReason::kInternal));
  EXPECT_TRUE(Fails(Decode(strange_organization).status(), ErrorReason::kInternal));
}

TEST(DecodeRegistered, AnAnswerWithoutATokenBreaksTheContract) {
  pb::RegisterRunnerResponse response;
  *response.mutable_runner() = WireRunner();
  EXPECT_TRUE(Fails(Decode(response).status(), ErrorReason::kInternal));

  response.set_service_token("token");

  EXPECT_EQ(Decode(response)->service_token, "token");
}

TEST(DecodeEnrolled, AnAnswerWithoutAnIdentityBreaksTheContract) {
  pb::EnrollRunnerResponse response;
  EXPECT_TRUE(Fails(Decode(response).status(), ErrorReason::kInternal));

  response.set_identity_json("{}");

  EXPECT_EQ(Decode(response)->identity_json, "{}");
}

TEST(EncodeNewRunner, SendsTheRequestIdWhenThereIsOne) {
  NewRunner runner{"r", {}, {}, {}};
  EXPECT_EQ(Encode(runner).request_id(), "");

  runner.request_id = RequestId::Parse(kId);

  EXPECT_EQ(Encode(runner).request_id(), kId);
}

TEST(EncodeEdit, OnlyWhatIsPresentIsInTheMask) {
  const RunnerId id = RunnerId::Parse(kId).value();
  Edit edit;
  edit.labels = Labels{};

  const pb::UpdateRunnerRequest request = Encode(id, edit);

  EXPECT_EQ(request.id(), kId);
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("labels"));
  EXPECT_FALSE(request.has_name());
  EXPECT_EQ(request.etag(), "");
}

TEST(EncodeFilter, SendsEveryCondition) {
  const RunnerFilter filter{.organization_id = OrganizationId::Parse(kOrg),
                            .statuses = {RunnerStatus::kPending, RunnerStatus::kOffline},
                            .labels = {{"a", ""}},
                            .capabilities = {"gpu"},
                            .name_prefix = "f"};

  const pb::ListRunnersRequest request = Encode(filter, {.size = 7, .token = "t"});

  EXPECT_EQ(request.organization_id(), kOrg);
  EXPECT_THAT(request.statuses(),
              ElementsAre(pb::RUNNER_STATUS_PENDING, pb::RUNNER_STATUS_OFFLINE));
  EXPECT_THAT(request.labels(), UnorderedElementsAre(Pair("a", "")));
  EXPECT_THAT(request.capabilities(), ElementsAre("gpu"));
  EXPECT_EQ(request.name_prefix(), "f");
  EXPECT_EQ(request.page_size(), 7);
  EXPECT_EQ(request.page_token(), "t");
}

}  // namespace
}  // namespace runners::client

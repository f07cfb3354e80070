#include <gmock/gmock.h>

#include "adapters/grpc/grant_codec.h"
#include "adapters/grpc/runner_codec.h"
#include "core/support/error.h"

namespace runners::grpc_server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kId[] = "00000000-0000-4000-8000-00000000000a";

std::vector<std::string> FieldsOf(const absl::Status& status) {
  EXPECT_TRUE(HasReason(status, ErrorReason::kInvalidArgument)) << status.ToString();
  std::vector<std::string> fields;
  for (const FieldViolation& one : DetailOf(status).violations) fields.push_back(one.field);
  return fields;
}

pb::UpdateRunnerRequest Edit(const std::vector<std::string>& mask) {
  pb::UpdateRunnerRequest request;
  request.set_id(kId);
  for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
  return request;
}

TEST(DecodeUpdateRunner, WithoutAMaskOnlyWhatIsThereIsTouched) {
  const RunnerEdit nothing = Decode(Edit({})).value();
  pb::UpdateRunnerRequest request = Edit({});
  request.add_capabilities("gpu");
  const RunnerEdit capabilities = Decode(request).value();

  EXPECT_FALSE(nothing.name || nothing.labels || nothing.capabilities || nothing.expected_etag);
  EXPECT_FALSE(capabilities.name || capabilities.labels);
  EXPECT_THAT(*capabilities.capabilities, ElementsAre("gpu"));
}

TEST(DecodeUpdateRunner, WithAMaskExactlyWhatItNamesIsTouched) {
  pb::UpdateRunnerRequest request = Edit({"labels", "labels"});
  request.set_name("ignored");
  request.add_capabilities("ignored");
  request.set_etag("7");

  const RunnerEdit edit = Decode(request).value();

  EXPECT_FALSE(edit.name || edit.capabilities);
  EXPECT_THAT(edit.labels.value(), IsEmpty());
  EXPECT_EQ(edit.expected_etag, "7");
}

// The database checks the sum once more, but what is too much by itself does not get there.
TEST(DecodeUpdateRunner, AttributesOverTheirBoundAreRefused) {
  pb::UpdateRunnerRequest request = Edit({});
  for (int i = 0; i < 16; ++i) {
    (*request.mutable_labels())["k" + std::to_string(i)] = std::string(1024, 'v');
  }

  EXPECT_THAT(FieldsOf(Decode(request).status()), ElementsAre("labels"));
}

TEST(DecodeListRunners, StatusesAndCapabilitiesAreSets) {
  pb::ListRunnersRequest request;
  for (int i = 0; i < 2; ++i) {
    request.add_statuses(pb::RUNNER_STATUS_OFFLINE);
    request.add_capabilities("gpu");
  }

  const ListRunnersRequest list = Decode(request).value();

  EXPECT_THAT(list.statuses, ElementsAre(RunnerStatus::kOffline));
  EXPECT_THAT(list.capabilities, ElementsAre("gpu"));
  EXPECT_FALSE(list.organization_id.has_value());
}

TEST(DecodeSelectRunner, NamesEveryViolationAtOnce) {
  pb::SelectRunnerRequest request;
  request.add_capabilities("");
  request.add_exclude_runner_ids(kId);
  request.add_exclude_runner_ids("x");

  EXPECT_THAT(FieldsOf(Decode(request).status()),
              ElementsAre("organization_id", "capabilities[0]", "exclude_runner_ids[1]"));
}

TEST(DecodeTokens, BlankOnesNameTheirField) {
  pb::EnrollRunnerRequest enroll;
  enroll.set_service_token(" \n");

  EXPECT_THAT(FieldsOf(Decode(enroll).status()), ElementsAre("service_token"));
  EXPECT_THAT(FieldsOf(Decode(pb::ValidateServiceTokenRequest()).status()),
              ElementsAre("token_hash"));
}

TEST(DecodePutGrant, ReadsBothForms) {
  pb::PutGrantRequest request;
  request.set_identity_id(kId);
  request.set_relation("admin");
  request.set_object("cluster:global");
  const Grant admin = Decode(request).value();
  request.set_relation("owner");
  request.set_object(std::string("organization:") + kId);
  const Grant owner = Decode(request).value();

  EXPECT_EQ(admin.relation, Relation::kAdmin);
  EXPECT_FALSE(admin.object.organization_id.has_value());
  EXPECT_EQ(owner.relation, Relation::kOwner);
  EXPECT_EQ(owner.object.organization_id->text(), kId);
}

TEST(Encode, RunnerHasEverythingClientsExpect) {
  const Runner runner{RunnerId::Parse(kId).value(),
                      "r",
                      std::nullopt,
                      RunnerStatus::kOffline,
                      {{"region", "eu"}},
                      {"b", "a", "b"},
                      absl::FromUnixMicros(1'767'323'045'678'901),
                      absl::FromUnixMicros(1'767'323'045'000'001),
                      "3"};

  const pb::Runner message = Encode(runner);

  EXPECT_EQ(message.meta().id(), kId);
  EXPECT_EQ(message.meta().created_at().seconds(), 1'767'323'045);
  EXPECT_EQ(message.meta().created_at().nanos(), 678'901'000);
  EXPECT_EQ(message.meta().updated_at().nanos(), 1'000);
  EXPECT_EQ(message.identity_id(), kId);
  EXPECT_EQ(message.openziti_service_name(), std::string("runner-") + kId);
  EXPECT_EQ(message.status(), pb::RUNNER_STATUS_OFFLINE);
  EXPECT_FALSE(message.has_organization_id());
  EXPECT_THAT(message.capabilities(), ElementsAre("b", "a", "b"));
  EXPECT_EQ(message.etag(), "3");
}

TEST(Encode, CandidateCountIsThereOnlyWhenCounted) {
  const Runner runner{
      RunnerId::Parse(kId).value(), "r", {}, RunnerStatus::kEnrolled, {}, {}, {}, {}, "1"};

  EXPECT_FALSE(Encode(SelectedRunner{runner, std::nullopt}).has_candidate_count());
  EXPECT_TRUE(Encode(SelectedRunner{runner, 0}).has_candidate_count());
}

}  // namespace
}  // namespace runners::grpc_server

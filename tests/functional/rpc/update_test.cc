#include "tests/functional/rpc/rpc_fixture.h"

namespace runners::testing {
namespace {

using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A runner with a label and two capabilities, and edits of it by the cluster admin.
class UpdateRunner : public ::testing::Test {
 protected:
  static pb::RegisterRunnerRequest Labelled() {
    pb::RegisterRunnerRequest request = Described("box", kAcmeId);
    (*request.mutable_labels())["region"] = "eu";
    request.add_capabilities("tpu");
    request.add_capabilities("docker");
    return request;
  }

  pb::UpdateRunnerRequest Edit(const std::vector<std::string>& mask = {}) const {
    pb::UpdateRunnerRequest request;
    request.set_id(before_.meta().id());
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return request;
  }

  // The runner after an edit that must succeed.
  pb::Runner Edited(const pb::UpdateRunnerRequest& request) {
    const auto answer = TryUpdate(rig_, request);
    EXPECT_TRUE(Succeeds(answer));
    EXPECT_TRUE(Same(answer->runner(), Now()));
    return answer->runner();
  }

  pb::Runner Now() { return rig_.Get(before_.meta().id()); }

  void ExpectUnchanged() { EXPECT_TRUE(Same(Now(), before_)); }

  RpcRig rig_;
  const pb::Runner before_ = rig_.Register(Labelled()).runner();
};

// Console sends id, name and labels on every edit and never capabilities.
TEST_F(UpdateRunner, WithoutAMaskAsConsoleSendsItKeepsCapabilities) {
  pb::UpdateRunnerRequest request = Edit();
  request.set_name("renamed");
  (*request.mutable_labels())["zone"] = "b";

  const pb::Runner after = Edited(request);

  EXPECT_EQ(after.name(), "renamed");
  EXPECT_THAT(after.labels(), SizeIs(1));
  EXPECT_EQ(after.labels().at("zone"), "b");
  EXPECT_THAT(after.capabilities(), ElementsAre("tpu", "docker"));
}

TEST_F(UpdateRunner, WithoutAMaskWhatIsEmptyStays) {
  pb::UpdateRunnerRequest request = Edit();
  request.set_name("renamed");

  const pb::Runner after = Edited(request);

  EXPECT_EQ(after.labels().at("region"), "eu");
  EXPECT_THAT(after.capabilities(), ElementsAre("tpu", "docker"));
}

TEST_F(UpdateRunner, WithoutAMaskNonEmptyCapabilitiesReplace) {
  pb::UpdateRunnerRequest request = Edit();
  request.add_capabilities("docker");
  request.add_capabilities("docker");

  const pb::Runner after = Edited(request);

  EXPECT_THAT(after.capabilities(), ElementsAre("docker", "docker"));
  EXPECT_EQ(after.name(), "box");
  EXPECT_EQ(after.labels().at("region"), "eu");
}

TEST_F(UpdateRunner, AnEmptyMaskIsNoMask) {
  pb::UpdateRunnerRequest request = Edit();
  request.mutable_update_mask();
  request.set_name("renamed");

  const pb::Runner after = Edited(request);

  EXPECT_EQ(after.name(), "renamed");
  EXPECT_EQ(after.labels().at("region"), "eu");
}

TEST_F(UpdateRunner, AMaskClearsWhatIsEmpty) {
  const pb::Runner after = Edited(Edit({"labels", "capabilities"}));

  EXPECT_THAT(after.labels(), IsEmpty());
  EXPECT_THAT(after.capabilities(), IsEmpty());
  EXPECT_EQ(after.name(), "box");
}

TEST_F(UpdateRunner, FieldsOutsideTheMaskAreIgnored) {
  pb::UpdateRunnerRequest request = Edit({"labels"});
  request.set_name(std::string(1000, 'x'));  // not even looked at
  request.add_capabilities("other");
  (*request.mutable_labels())["zone"] = "b";

  const pb::Runner after = Edited(request);

  EXPECT_EQ(after.name(), "box");
  EXPECT_THAT(after.capabilities(), ElementsAre("tpu", "docker"));
  EXPECT_EQ(after.labels().at("zone"), "b");
}

TEST_F(UpdateRunner, OtherPathsAreInvalid) {
  for (const char* path : {"status", "id", "etag", "runner.name", "labels.region", "*", ""}) {
    pb::UpdateRunnerRequest request = Edit({"name", path});
    request.set_name("renamed");

    EXPECT_TRUE(Refuses(TryUpdate(rig_, request), {"update_mask"})) << path;
  }
  ExpectUnchanged();
}

TEST_F(UpdateRunner, AnEmptyNameIsInvalidWithAMaskAndWithout) {
  pb::UpdateRunnerRequest absent = Edit({"name"});
  pb::UpdateRunnerRequest blank = Edit();
  blank.set_name(" \t ");

  EXPECT_TRUE(Refuses(TryUpdate(rig_, absent), {"name"}));
  EXPECT_TRUE(Refuses(TryUpdate(rig_, blank), {"name"}));
  ExpectUnchanged();
}

TEST_F(UpdateRunner, NamesEveryViolationAtOnce) {
  pb::UpdateRunnerRequest request = Edit({"name", "labels", "capabilities", "status"});
  request.set_id("box");
  (*request.mutable_labels())[""] = "";
  request.add_capabilities("");

  EXPECT_TRUE(Refuses(TryUpdate(rig_, request),
                      {"id", "update_mask", "name", "labels[\"\"]", "capabilities[0]"}));
}

TEST_F(UpdateRunner, NameIsTrimmed) {
  pb::UpdateRunnerRequest request = Edit();
  request.set_name("  renamed\n");

  EXPECT_EQ(Edited(request).name(), "renamed");
}

TEST_F(UpdateRunner, WhatChangesNothingMovesNeitherEtagNorTime) {
  pb::UpdateRunnerRequest same = Edit({"name", "labels", "capabilities"});
  same.set_name(" box ");
  (*same.mutable_labels())["region"] = "eu";
  same.add_capabilities("tpu");
  same.add_capabilities("docker");

  EXPECT_TRUE(Same(Edited(Edit()), before_));
  EXPECT_TRUE(Same(Edited(same), before_));
}

TEST_F(UpdateRunner, EtagMovesWithEachThingUsersEdit) {
  pb::UpdateRunnerRequest name = Edit();
  name.set_name("renamed");
  pb::UpdateRunnerRequest labels = Edit();
  (*labels.mutable_labels())["region"] = "us";
  pb::UpdateRunnerRequest capabilities = Edit();
  capabilities.add_capabilities("docker");
  capabilities.add_capabilities("tpu");  // another order is another list

  std::string etag = before_.etag();
  for (const pb::UpdateRunnerRequest& request : {name, labels, capabilities}) {
    const pb::Runner after = Edited(request);
    EXPECT_NE(after.etag(), etag);
    EXPECT_GT(
        after.meta().updated_at().seconds() * 1'000'000'000 + after.meta().updated_at().nanos(),
        before_.meta().updated_at().seconds() * 1'000'000'000 +
            before_.meta().updated_at().nanos());
    etag = after.etag();
  }
}

// Terraform must not meet a conflict because a runner connected.
TEST_F(UpdateRunner, EtagStaysWhenTheRunnerEnrolls) {
  const auto registered = rig_.Register("other");
  rig_.Enroll(registered.service_token());
  rig_.Enroll(registered.service_token());

  const pb::Runner enrolled = rig_.Get(registered.runner().meta().id());

  EXPECT_EQ(enrolled.status(), pb::RUNNER_STATUS_ENROLLED);
  EXPECT_EQ(enrolled.etag(), registered.runner().etag());
}

TEST_F(UpdateRunner, WithItsEtagSucceeds) {
  pb::UpdateRunnerRequest request = Edit();
  request.set_name("renamed");
  request.set_etag(before_.etag());

  EXPECT_EQ(Edited(request).name(), "renamed");
}

TEST_F(UpdateRunner, WithAStaleEtagIsAbortedAndChangesNothing) {
  pb::UpdateRunnerRequest first = Edit();
  first.set_name("first");
  const pb::Runner edited = Edited(first);
  pb::UpdateRunnerRequest second = Edit();
  second.set_name("second");
  second.set_etag(before_.etag());

  const auto answer = TryUpdate(rig_, second);

  EXPECT_TRUE(FailsWith(answer, StatusCode::ABORTED, "ETAG_MISMATCH"));
  EXPECT_TRUE(Same(Now(), edited));
}

TEST_F(UpdateRunner, AStaleEtagFailsEvenAnEditThatChangesNothing) {
  pb::UpdateRunnerRequest request = Edit();
  request.set_etag("no-such-etag");

  EXPECT_TRUE(FailsWith(TryUpdate(rig_, request), StatusCode::ABORTED, "ETAG_MISMATCH"));
}

// Each half is within its bound, together they are not: only the database knows the other half.
TEST_F(UpdateRunner, LabelsAndCapabilitiesAreBoundedTogether) {
  pb::UpdateRunnerRequest labels = Edit();
  for (const std::string& key : Numbered("k", 9)) {
    (*labels.mutable_labels())[key] = std::string(1024, 'v');
  }
  const pb::Runner large = Edited(labels);
  pb::UpdateRunnerRequest capabilities = Edit();
  for (const std::string& capability : Numbered(std::string(240, 'c'), 40)) {
    capabilities.add_capabilities(capability);
  }

  EXPECT_TRUE(Refuses(TryUpdate(rig_, capabilities), {"labels"}));
  EXPECT_TRUE(Same(Now(), large));
}

TEST_F(UpdateRunner, OfAnUnknownRunnerIsNotFound) {
  pb::UpdateRunnerRequest request;
  request.set_id(kGlobexId);
  request.set_name("renamed");

  EXPECT_TRUE(FailsWith(TryUpdate(rig_, request), StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
}

}  // namespace
}  // namespace runners::testing

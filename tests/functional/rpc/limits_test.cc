#include <functional>

#include "tests/functional/rpc/rpc_fixture.h"

// Each bound of what a request may carry, at the bound and one over it.
namespace runners::testing {
namespace {

using ::testing::HasSubstr;

void AddLabels(google::protobuf::Map<std::string, std::string>& labels, int count) {
  for (const std::string& key : Numbered("k", count)) labels[key] = "v";
}

// Exactly `bytes` of label keys, label values and capabilities.
void FillAttributes(pb::RegisterRunnerRequest& request, int bytes) {
  int left = bytes;
  for (int i = 0; left > 0; ++i) {
    const int value = std::min(left - 5, 1024);
    (*request.mutable_labels())["k" + Padded(i)] =
        std::string(static_cast<std::size_t>(value), 'v');
    left -= 5 + value;
  }
}

// One bound: what Registration or Update or another request looks like at it, and one over.
struct Bound {
  const char* name;
  grpc::Status (*ask)(RpcRig& rig, int size);
  int at;             // is taken
  int over;           // is refused
  const char* field;  // and named
};

grpc::Status Register(RpcRig& rig, const std::function<void(pb::RegisterRunnerRequest&)>& fill) {
  pb::RegisterRunnerRequest request = Described("r");
  fill(request);
  return TryRegister(rig, request, As(kAdminId)).status;
}

std::string Text(int size) {
  return std::string(static_cast<std::size_t>(size), 'x');
}

grpc::Status NameOf(RpcRig& rig, int size) {
  return Register(rig, [size](auto& request) { request.set_name(Text(size)); });
}
grpc::Status TrimmedNameOf(RpcRig& rig, int size) {
  return Register(rig, [size](auto& request) { request.set_name("  " + Text(size) + "\n"); });
}
grpc::Status LabelCount(RpcRig& rig, int size) {
  return Register(rig, [size](auto& request) { AddLabels(*request.mutable_labels(), size); });
}
grpc::Status LabelKey(RpcRig& rig, int size) {
  return Register(rig, [size](auto& request) { (*request.mutable_labels())[Text(size)] = "v"; });
}
grpc::Status LabelValue(RpcRig& rig, int size) {
  return Register(rig, [size](auto& request) { (*request.mutable_labels())["k"] = Text(size); });
}
grpc::Status CapabilityCount(RpcRig& rig, int size) {
  return Register(rig, [size](auto& request) {
    for (const std::string& one : Numbered("c", size)) request.add_capabilities(one);
  });
}
grpc::Status Capability(RpcRig& rig, int size) {
  return Register(rig, [size](auto& request) { request.add_capabilities(Text(size)); });
}
grpc::Status Attributes(RpcRig& rig, int size) {
  return Register(rig, [size](auto& request) { FillAttributes(request, size); });
}
grpc::Status Exclusions(RpcRig& rig, int size) {
  rig.RegisterEnrolled("r");
  pb::SelectRunnerRequest request;
  request.set_organization_id(kAcmeId);
  for (int i = 0; i < size; ++i) {
    request.add_exclude_runner_ids("00000000-0000-4000-8000-00000000" + Padded(i));
  }
  return TrySelect(rig, request).status;
}
grpc::Status NamePrefix(RpcRig& rig, int size) {
  pb::ListRunnersRequest request;
  request.set_name_prefix(Text(size));
  return TryList(rig, request, As(kAdminId)).status;
}

const Bound kBounds[] = {
    {"NameBytes", NameOf, 255, 256, "name"},
    {"NameBytesAfterTrimming", TrimmedNameOf, 255, 256, "name"},
    {"NameAtLeastOneByte", TrimmedNameOf, 1, 0, "name"},
    {"Labels", LabelCount, 64, 65, "labels"},
    {"LabelKeyBytes", LabelKey, 253, 254,
     "labels[\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxx...\"]"},
    {"LabelKeyAtLeastOneByte", LabelKey, 1, 0, "labels[\"\"]"},
    {"LabelValueBytes", LabelValue, 1024, 1025, "labels[\"k\"].value"},
    {"Capabilities", CapabilityCount, 64, 65, "capabilities"},
    {"CapabilityBytes", Capability, 253, 254, "capabilities[0]"},
    {"CapabilityAtLeastOneByte", Capability, 1, 0, "capabilities[0]"},
    {"AttributeBytes", Attributes, 16 * 1024, 16 * 1024 + 1, "labels"},
    {"Exclusions", Exclusions, 1000, 1001, "exclude_runner_ids"},
    {"NamePrefixBytes", NamePrefix, 255, 256, "name_prefix"},
};

class Limit : public OnOneRig<::testing::TestWithParam<Bound>> {};

TEST_P(Limit, IsTakenAtTheBoundAndRefusedOneOver) {
  const grpc::Status at = GetParam().ask(rig(), GetParam().at);
  const grpc::Status over = GetParam().ask(rig(), GetParam().over);

  EXPECT_TRUE(at.ok()) << at.error_message();
  EXPECT_TRUE(Refuses(over, {GetParam().field}));
}

INSTANTIATE_TEST_SUITE_P(Of, Limit, ::testing::ValuesIn(kBounds),
                         [](const auto& bound) { return std::string(bound.param.name); });

TEST(Limits, LabelValueMayBeEmpty) {
  RpcRig rig;

  EXPECT_TRUE(LabelValue(rig, 0).ok());
}

TEST(Limits, OfSelectionAreThoseOfRegistration) {
  RpcRig rig;
  pb::SelectRunnerRequest request;
  request.set_organization_id(kAcmeId);
  AddLabels(*request.mutable_labels(), 63);
  (*request.mutable_labels())["z"] = Text(1025);
  (*request.mutable_labels())[""] = "";
  for (int i = 0; i < 65; ++i) request.add_capabilities("c");

  EXPECT_TRUE(Refuses(TrySelect(rig, request),
                      {"labels", "labels[\"\"]", "labels[\"z\"].value", "capabilities"}));
}

TEST(Limits, OfFiltersAreThoseOfRegistration) {
  RpcRig rig;
  pb::ListRunnersRequest request;
  AddLabels(*request.mutable_labels(), 65);
  for (int i = 0; i < 65; ++i) request.add_capabilities("c");

  EXPECT_TRUE(Refuses(TryList(rig, request, As(kAdminId)), {"labels", "capabilities"}));
}

TEST(Limits, OfUpdatesAreThoseOfRegistration) {
  RpcRig rig;
  pb::UpdateRunnerRequest request;
  request.set_id(rig.Register("r").runner().meta().id());
  request.set_name(Text(256));
  AddLabels(*request.mutable_labels(), 65);
  request.add_capabilities(Text(254));

  EXPECT_TRUE(Refuses(TryUpdate(rig, request), {"name", "labels", "capabilities[0]"}));
}

class ControlCharacter : public OnOneRig<::testing::TestWithParam<const char*>> {};

TEST_P(ControlCharacter, IsRefusedInEveryText) {
  const std::string text = std::string("a") + GetParam() + "b";
  pb::RegisterRunnerRequest request = Described(text);
  (*request.mutable_labels())["k"] = text;
  request.add_capabilities(text);
  pb::RegisterRunnerRequest key = Described("r");
  (*key.mutable_labels())[text] = "v";
  pb::ListRunnersRequest prefix;
  prefix.set_name_prefix(text);

  EXPECT_TRUE(Refuses(TryRegister(rig(), request, As(kAdminId)),
                      {"name", "labels[\"k\"].value", "capabilities[0]"}));
  EXPECT_TRUE(Refuses(TryRegister(rig(), key, As(kAdminId)), {"labels[...]"}));
  EXPECT_TRUE(Refuses(TryList(rig(), prefix, As(kAdminId)), {"name_prefix"}));
}

INSTANTIATE_TEST_SUITE_P(Of, ControlCharacter,
                         ::testing::Values("\x01", "\t", "\n", "\x1B", "\x7F", "\xC2\x80",
                                           "\xC2\x9F"));

TEST(Limits, ANulIsRefused) {
  RpcRig rig;

  EXPECT_TRUE(Refuses(TryRegister(rig, Described(std::string("a\0b", 3)), As(kAdminId)), {"name"}));
}

TEST(Limits, OtherCharactersAreTaken) {
  RpcRig rig;
  const std::string text = "\xC2\xA0\xC3\xBC\xE2\x82\xAC\xF0\x9F\x9A\x80'\";--\\%";

  EXPECT_EQ(rig.Register("r" + text).runner().name(), "r" + text);
}

// With the database away whatever needs it is UNAVAILABLE; what breaks a limit is refused all the
// same, so it never got there.
TEST(Limits, WhatBreaksOneDoesNotReachTheDatabase) {
  RpcRig rig;
  const auto registered = rig.Register("r");
  CloseDatabase(rig);
  pb::UpdateRunnerRequest update;
  update.set_id(registered.runner().meta().id());
  for (int i = 0; i < 17; ++i) (*update.mutable_labels())["k" + Padded(i)] = Text(1024);
  pb::ListRunnersRequest list;
  list.set_page_token("garbage");
  ASSERT_TRUE(FailsWith(TryRegister(rig, Described("r"), As(kAdminId)),
                        grpc::StatusCode::UNAVAILABLE, "DATABASE_UNAVAILABLE"));

  for (const Bound& bound : kBounds) {
    if (std::string(bound.name) == "Exclusions") continue;  // needs a runner first, see below
    EXPECT_TRUE(Refuses(bound.ask(rig, bound.over), {bound.field})) << bound.name;
  }
  pb::SelectRunnerRequest select;
  select.set_organization_id(kAcmeId);
  for (int i = 0; i < 1001; ++i) select.add_exclude_runner_ids(kAcmeId);
  EXPECT_TRUE(Refuses(TrySelect(rig, select), {"exclude_runner_ids"}));
  EXPECT_TRUE(Refuses(TryUpdate(rig, update), {"labels"}));
  EXPECT_TRUE(Refuses(TryEnroll(rig, ""), {"service_token"}));
  EXPECT_TRUE(Refuses(TryGet(rig, "x", As(kAdminId)), {"id"}));
  EXPECT_TRUE(Refuses(TryPutGrant(rig, "x", "admin", "cluster:global"), {"identity_id"}));
  EXPECT_EQ(rig.overlay().calls(), 0);
}

}  // namespace
}  // namespace runners::testing

#include <gmock/gmock.h>

#include "agynio/api/gateway/v1/runners.pb.h"
#include "agynio/api/runners/v1/runners.pb.h"
#include "tests/contract/wire/contract_table.h"
#include "tests/contract/wire/described.h"

namespace runners::wire {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using ::testing::HasSubstr;

const FileDescriptor& RunnersFile() {
  return *agynio::api::runners::v1::Runner::descriptor()->file();
}

const FileDescriptor& GatewayFile() {
  // Refers to the generated file, so that the linker keeps it.
  google::protobuf::LinkMessageReflection<agynio::api::runners::v1::Runner>();
  return *DescriptorPool::generated_pool()->FindFileByName("agynio/api/gateway/v1/runners.proto");
}

TEST(WireContract, EveryFieldIsThereAndNoOther) {
  EXPECT_EQ(Disagreement(Lines(ContractFields()), FieldLines(RunnersFile())), "");
}

TEST(WireContract, EveryEnumValueIsThereAndNoOther) {
  EXPECT_EQ(Disagreement(Lines(ContractEnums()), EnumLines(RunnersFile())), "");
}

TEST(WireContract, EveryMethodIsThereAndNoOther) {
  std::set<std::string> described = MethodLines(RunnersFile());
  described.merge(MethodLines(GatewayFile()));

  EXPECT_EQ(Disagreement(Lines(ContractMethods()), described), "");
}

TEST(WireContract, FilesSpeakProto3InTheirPackages) {
  EXPECT_EQ(RunnersFile().package(), "agynio.api.runners.v1");
  EXPECT_EQ(GatewayFile().package(), "agynio.api.gateway.v1");
  EXPECT_EQ(RunnersFile().syntax(), FileDescriptor::SYNTAX_PROTO3);
  EXPECT_EQ(GatewayFile().syntax(), FileDescriptor::SYNTAX_PROTO3);
}

TEST(WireContract, TheGatewayHasNoMessagesOfItsOwn) {
  EXPECT_EQ(GatewayFile().message_type_count(), 0);
  EXPECT_EQ(GatewayFile().enum_type_count(), 0);
}

TEST(WireContract, ComparisonFindsWhatChanged) {
  const std::set<std::string> described = FieldLines(RunnersFile());
  std::vector<FieldRow> rows(ContractFields().begin(), ContractFields().end());
  for (FieldRow& row : rows) {
    if (row.message != "Runner") continue;
    if (row.field == "name") row.number = 9;
    if (row.field == "status") row.type = "string";
    if (row.field == "organization_id") row.presence = Presence::kImplicit;
  }
  rows.pop_back();

  const std::string found = Disagreement(Lines(rows), described);

  EXPECT_THAT(found, HasSubstr("missing: Runner.name = 9, string, implicit"));
  EXPECT_THAT(found, HasSubstr("extra: Runner.name = 2, string, implicit"));
  EXPECT_THAT(found, HasSubstr("missing: Runner.status = 5, string, implicit"));
  EXPECT_THAT(found, HasSubstr("missing: Runner.organization_id = 3, string, implicit"));
  EXPECT_THAT(found, HasSubstr("extra: ListGrantsResponse.next_page_token"));
}

}  // namespace
}  // namespace runners::wire

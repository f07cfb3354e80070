#include "adapters/grpc/caller_identity.h"

#include "gtest/gtest.h"

#include "core/support/error.h"

namespace runners::grpc_server {
namespace {

constexpr char kId[] = "00000000-0000-4000-8000-00000000000a";

Metadata With(std::initializer_list<const char*> identities) {
  Metadata metadata;
  metadata.emplace("x-identity-type", "platform");
  for (const char* one : identities) metadata.emplace("x-identity-id", one);
  return metadata;
}

constexpr CallerRule kAllRules[] = {CallerRule::kIdentified, CallerRule::kInternalOrIdentified,
                                    CallerRule::kInternalOrAdmin, CallerRule::kAdmin,
                                    CallerRule::kServiceToken};

TEST(CallerOf, OneIdentityIsTheCallerInCanonicalForm) {
  for (const CallerRule rule : kAllRules) {
    if (rule == CallerRule::kServiceToken) continue;
    for (const Door door : {Door::kService, Door::kGateway}) {
      const auto caller = CallerOf(With({" 00000000-0000-4000-8000-00000000000A "}), rule, door);
      ASSERT_TRUE(caller.ok());
      ASSERT_TRUE(caller->has_value());
      EXPECT_EQ((*caller)->text(), kId);
    }
  }
}

TEST(CallerOf, NoIdentityIsInternalOnlyWhereTheRuleAndTheDoorAllowIt) {
  for (const CallerRule rule : {CallerRule::kInternalOrIdentified, CallerRule::kInternalOrAdmin}) {
    const auto internal = CallerOf(With({}), rule, Door::kService);
    ASSERT_TRUE(internal.ok());
    EXPECT_FALSE(internal->has_value());
    EXPECT_TRUE(HasReason(CallerOf(With({}), rule, Door::kGateway).status(),
                          ErrorReason::kUnauthenticated));
  }
  for (const CallerRule rule : {CallerRule::kIdentified, CallerRule::kAdmin}) {
    for (const Door door : {Door::kService, Door::kGateway}) {
      EXPECT_TRUE(
          HasReason(CallerOf(With({}), rule, door).status(), ErrorReason::kUnauthenticated));
    }
  }
}

TEST(CallerOf, BadIdentitiesAreRefusedEvenWhereNoneIsNeeded) {
  for (const auto& bad : {With({kId, kId}), With({kId, ""}), With({""}), With({"admin"})}) {
    EXPECT_TRUE(HasReason(CallerOf(bad, CallerRule::kInternalOrIdentified, Door::kService).status(),
                          ErrorReason::kUnauthenticated));
  }
}

TEST(CallerOf, ATokenIsTheOnlyCredentialWhereItIsOne) {
  for (const auto& metadata : {With({}), With({kId}), With({kId, kId}), With({"nonsense"})}) {
    for (const Door door : {Door::kService, Door::kGateway}) {
      const auto caller = CallerOf(metadata, CallerRule::kServiceToken, door);
      ASSERT_TRUE(caller.ok());
      EXPECT_FALSE(caller->has_value());
    }
  }
}

}  // namespace
}  // namespace runners::grpc_server

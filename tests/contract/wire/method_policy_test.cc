#include "adapters/grpc/method_policy.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

#include <google/protobuf/descriptor.h>

#include "tests/contract/wire/described.h"

namespace runners::wire {
namespace {

using grpc_server::CallerRule;
using grpc_server::Gateway;
using grpc_server::MethodPolicies;
using grpc_server::MethodPolicy;

std::set<std::string> MethodsOf(const std::string& service) {
  const auto* described =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
  std::set<std::string> methods;
  for (int i = 0; described != nullptr && i < described->method_count(); ++i) {
    methods.insert(described->method(i)->name());
  }
  return methods;
}

std::set<std::string> Rows(bool gateway_only) {
  std::set<std::string> names;
  for (const MethodPolicy& row : MethodPolicies()) {
    if (!gateway_only || row.gateway == Gateway::kOffered) names.emplace(row.name);
  }
  return names;
}

TEST(MethodPolicies, EveryRpcOfTheServiceHasARowAndEveryRowAnRpc) {
  const std::set<std::string> methods = MethodsOf("agynio.api.runners.v1.RunnersService");

  ASSERT_FALSE(methods.empty());
  EXPECT_EQ(Disagreement(methods, Rows(false)), "");
}

TEST(MethodPolicies, EveryRpcOfTheGatewayIsOfferedThereAndNoOther) {
  const std::set<std::string> methods = MethodsOf("agynio.api.gateway.v1.RunnersGateway");

  ASSERT_FALSE(methods.empty());
  EXPECT_EQ(Disagreement(methods, Rows(true)), "");
}

TEST(MethodPolicies, NoRpcHasTwoRows) {
  EXPECT_EQ(Rows(false).size(), MethodPolicies().size());
}

TEST(MethodPolicies, AnRpcWithoutARowIsFound) {
  std::set<std::string> methods = MethodsOf("agynio.api.runners.v1.RunnersService");
  methods.insert("WatchRunners");

  EXPECT_EQ(Disagreement(methods, Rows(false)), "missing: WatchRunners\n");
}

// Who may call without an identity is the most that can go wrong in the table, so it is here a
// second time.
TEST(MethodPolicies, OnlyTheseMayBeCalledWithoutAnIdentity) {
  std::set<std::string> without;
  for (const MethodPolicy& row : MethodPolicies()) {
    if (row.callers != CallerRule::kIdentified && row.callers != CallerRule::kAdmin) {
      without.emplace(row.name);
    }
  }

  EXPECT_THAT(without, ::testing::ElementsAre("EnrollRunner", "GetRunner", "ListRunners",
                                              "SelectRunner", "ValidateServiceToken"));
}

}  // namespace
}  // namespace runners::wire

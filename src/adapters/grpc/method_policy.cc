#include "adapters/grpc/method_policy.h"

#include <array>

namespace runners::grpc_server {
namespace {

using enum CallerRule;
using enum Gateway;
using enum Lane;

constexpr std::array kPolicies = {
    MethodPolicy{"RegisterRunner", kIdentified, kOffered, kDatabase},
    MethodPolicy{"GetRunner", kInternalOrIdentified, kOffered, kDatabase},
    MethodPolicy{"ListRunners", kInternalOrIdentified, kOffered, kDatabase},
    MethodPolicy{"UpdateRunner", kIdentified, kOffered, kDatabase},
    MethodPolicy{"DeleteRunner", kIdentified, kOffered, kDatabase},
    MethodPolicy{"ValidateServiceToken", kInternalOrAdmin, kInternalOnly, kDatabase},
    MethodPolicy{"EnrollRunner", kServiceToken, kOffered, kEnrollment},
    MethodPolicy{"SelectRunner", kInternalOrIdentified, kInternalOnly, kDatabase},
    MethodPolicy{"PutGrant", kAdmin, kInternalOnly, kDatabase},
    MethodPolicy{"DeleteGrant", kAdmin, kInternalOnly, kDatabase},
    MethodPolicy{"ListGrants", kAdmin, kInternalOnly, kDatabase},
};

}  // namespace

std::span<const MethodPolicy> MethodPolicies() {
  return kPolicies;
}

}  // namespace runners::grpc_server

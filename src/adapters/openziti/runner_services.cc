#include "adapters/openziti/runner_services.h"

#include <utility>
#include <vector>

#include "adapters/openziti/edge_errors.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"
#include "runners/runner.h"

namespace runners::openziti {
namespace {

using nlohmann::json;

// Dial policies of the installation name this attribute.
constexpr char kServiceAttribute[] = "runner-services";

// The part of a policy that must be as it is for the runner to host its service.
json PolicyRules(const RunnerId& runner, const std::string& service_id) {
  return {{"type", "Bind"},
          {"semantic", "AnyOf"},
          {"identityRoles", json::array({"#" + OverlayServiceName(runner)})},
          {"serviceRoles", json::array({"@" + service_id})}};
}

bool Follows(const EdgeObject& policy, const RunnerId& runner, const std::string& service_id) {
  return policy.type == "Bind" && policy.semantic == "AnyOf" &&
         policy.identity_roles == std::vector<std::string>{"#" + OverlayServiceName(runner)} &&
         policy.service_roles == std::vector<std::string>{"@" + service_id};
}

}  // namespace

std::string BindPolicyName(const RunnerId& runner) {
  return OverlayServiceName(runner) + "-bind";
}

absl::Status RunnerServices::Ensure(const RunnerId& runner, absl::Time deadline) {
  std::string service_id;
  absl::Status ensured;
  // The second time when the service a refused policy named has gone since it was looked up.
  for (int i = 0; i < 2; ++i) {
    RUNNERS_ASSIGN_OR_RETURN(
        std::string found, repeats_.Run(deadline, [&] { return EnsureService(runner, deadline); }));
    if (found == service_id) return ensured;
    service_id = std::move(found);
    ensured = repeats_.Run(deadline, [&] { return EnsurePolicy(runner, service_id, deadline); });
    if (!HasReason(ensured, ErrorReason::kOverlayRejected)) return ensured;
  }
  return ensured;
}

absl::StatusOr<std::string> RunnerServices::EnsureService(const RunnerId& runner,
                                                          absl::Time deadline) {
  const json fields = {{"name", OverlayServiceName(runner)},
                       {"encryptionRequired", true},
                       {"roleAttributes", json::array({kServiceAttribute})},
                       {"tags", ObjectTags{objects_.instance_id(), runner.text(), 0, ""}.ToJson()}};
  RUNNERS_ASSIGN_OR_RETURN(OwnedObject service, objects_.AdoptOrCreate(EdgeCollection::kServices,
                                                                       fields, runner, deadline));
  return std::move(service.id);
}

absl::Status RunnerServices::EnsurePolicy(const RunnerId& runner, const std::string& service_id,
                                          absl::Time deadline) {
  json fields = PolicyRules(runner, service_id);
  fields["name"] = BindPolicyName(runner);
  fields["tags"] = ObjectTags{objects_.instance_id(), runner.text(), 0, ""}.ToJson();
  RUNNERS_ASSIGN_OR_RETURN(
      const OwnedObject policy,
      objects_.AdoptOrCreate(EdgeCollection::kServicePolicies, fields, runner, deadline));
  if (!policy.adopted || Follows(*policy.adopted, runner, service_id)) return absl::OkStatus();

  // It points at a service that was deleted (its serviceRoles are null then), or somebody has
  // changed it.
  const absl::Status repaired = RepairPolicy(policy.id, runner, service_id, deadline);
  if (repaired.ok() || IsPassing(repaired)) return repaired;
  RUNNERS_RETURN_IF_ERROR(
      client_.Delete(EdgeCollection::kServicePolicies, policy.id, deadline).status());
  return client_.Create(EdgeCollection::kServicePolicies, fields, deadline).status();
}

absl::Status RunnerServices::RepairPolicy(const std::string& policy_id, const RunnerId& runner,
                                          const std::string& service_id, absl::Time deadline) {
  RUNNERS_RETURN_IF_ERROR(client_.Patch(EdgeCollection::kServicePolicies, policy_id,
                                        PolicyRules(runner, service_id), deadline));
  RUNNERS_ASSIGN_OR_RETURN(const std::optional<EdgeObject> policy,
                           client_.Get(EdgeCollection::kServicePolicies, policy_id, deadline));
  if (policy && Follows(*policy, runner, service_id)) return absl::OkStatus();
  return RejectedError("the overlay controller did not change the service policy");
}

}  // namespace runners::openziti

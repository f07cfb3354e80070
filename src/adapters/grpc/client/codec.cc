#include "adapters/grpc/client/codec.h"

#include <optional>
#include <string>
#include <utility>

#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::client {
namespace {

absl::Status NotUnderstood() {
  return MakeError(ErrorReason::kInternal,
                   "the server's answer is not understood: is this a Runners server?");
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

template <typename Target>
void CopyLabels(const Labels& labels, Target* target) {
  for (const auto& [key, value] : labels) (*target)[key] = value;
}

template <typename Strings, typename Target>
void CopyStrings(const Strings& strings, Target* target) {
  for (const std::string& text : strings) *target->Add() = text;
}

absl::StatusOr<Grant> Decode(const pb::Grant& grant) {
  auto identity = IdentityId::Parse(grant.identity_id());
  const auto relation = ParseRelation(grant.relation());
  auto object = GrantObject::Parse(grant.object());
  if (!identity || !relation || !object) return NotUnderstood();
  return Grant{*std::move(identity), *relation, *std::move(object), TimeOf(grant.created_at())};
}

}  // namespace

pb::RegisterRunnerRequest Encode(const NewRunner& runner) {
  pb::RegisterRunnerRequest request;
  request.set_name(runner.name);
  if (runner.organization_id) request.set_organization_id(runner.organization_id->text());
  CopyLabels(runner.labels, request.mutable_labels());
  CopyStrings(runner.capabilities, request.mutable_capabilities());
  if (runner.request_id) request.set_request_id(runner.request_id->text());
  return request;
}

pb::ListRunnersRequest Encode(const RunnerFilter& filter, const PageRequest& page) {
  pb::ListRunnersRequest request;
  request.set_page_size(page.size);
  request.set_page_token(page.token);
  if (filter.organization_id) request.set_organization_id(filter.organization_id->text());
  for (const RunnerStatus status : filter.statuses) {
    // The numbers are those of the wire by design.
    request.add_statuses(static_cast<pb::RunnerStatus>(status));
  }
  CopyLabels(filter.labels, request.mutable_labels());
  CopyStrings(filter.capabilities, request.mutable_capabilities());
  request.set_name_prefix(filter.name_prefix);
  return request;
}

pb::UpdateRunnerRequest Encode(const RunnerId& id, const Edit& edit) {
  pb::UpdateRunnerRequest request;
  request.set_id(id.text());
  if (edit.name) {
    request.set_name(*edit.name);
    request.mutable_update_mask()->add_paths("name");
  }
  if (edit.labels) {
    CopyLabels(*edit.labels, request.mutable_labels());
    request.mutable_update_mask()->add_paths("labels");
  }
  if (edit.capabilities) {
    CopyStrings(*edit.capabilities, request.mutable_capabilities());
    request.mutable_update_mask()->add_paths("capabilities");
  }
  if (edit.etag) request.set_etag(*edit.etag);
  return request;
}

pb::SelectRunnerRequest Encode(const Criteria& criteria, CandidateCount count) {
  pb::SelectRunnerRequest request;
  request.set_organization_id(criteria.organization_id.text());
  CopyLabels(criteria.labels, request.mutable_labels());
  CopyStrings(criteria.capabilities, request.mutable_capabilities());
  for (const RunnerId& id : criteria.excluded) request.add_exclude_runner_ids(id.text());
  request.set_count_candidates(count == CandidateCount::kWanted);
  return request;
}

pb::ListGrantsRequest Encode(const GrantFilter& filter, const PageRequest& page) {
  pb::ListGrantsRequest request;
  if (filter.object) request.set_object(filter.object->text());
  if (filter.identity_id) request.set_identity_id(filter.identity_id->text());
  request.set_page_size(page.size);
  request.set_page_token(page.token);
  return request;
}

absl::StatusOr<Runner> Decode(const pb::Runner& runner) {
  auto id = RunnerId::Parse(runner.meta().id());
  std::optional<OrganizationId> organization;
  if (runner.has_organization_id()) {
    organization = OrganizationId::Parse(runner.organization_id());
    if (!organization) return NotUnderstood();
  }
  if (!id) return NotUnderstood();
  return Runner{
      .id = *std::move(id),
      .name = runner.name(),
      .organization_id = std::move(organization),
      .status = static_cast<RunnerStatus>(runner.status()),
      .labels = Labels(runner.labels().begin(), runner.labels().end()),
      .capabilities = {runner.capabilities().begin(), runner.capabilities().end()},
      .created_at = TimeOf(runner.meta().created_at()),
      .updated_at = TimeOf(runner.meta().updated_at()),
      .etag = runner.etag(),
  };
}

absl::StatusOr<Registered> Decode(pb::RegisterRunnerResponse response) {
  RUNNERS_ASSIGN_OR_RETURN(Runner runner, Decode(response.runner()));
  if (response.service_token().empty()) return NotUnderstood();
  return Registered{std::move(runner), std::move(*response.mutable_service_token())};
}

absl::StatusOr<Page<Runner>> Decode(const pb::ListRunnersResponse& response) {
  Page<Runner> page;
  for (const pb::Runner& one : response.runners()) {
    RUNNERS_ASSIGN_OR_RETURN(Runner runner, Decode(one));
    page.items.push_back(std::move(runner));
  }
  page.next_token = response.next_page_token();
  return page;
}

absl::StatusOr<EnrolledIdentity> Decode(pb::EnrollRunnerResponse response) {
  if (response.identity_json().empty()) return NotUnderstood();
  return EnrolledIdentity{std::move(*response.mutable_identity_json()), response.service_name(),
                          response.identity_id()};
}

absl::StatusOr<Selected> Decode(const pb::SelectRunnerResponse& response) {
  RUNNERS_ASSIGN_OR_RETURN(Runner runner, Decode(response.runner()));
  Selected selected{std::move(runner), std::nullopt};
  if (response.has_candidate_count()) selected.candidate_count = response.candidate_count();
  return selected;
}

absl::StatusOr<Page<Grant>> Decode(const pb::ListGrantsResponse& response) {
  Page<Grant> page;
  for (const pb::Grant& one : response.grants()) {
    RUNNERS_ASSIGN_OR_RETURN(Grant grant, Decode(one));
    page.items.push_back(std::move(grant));
  }
  page.next_token = response.next_page_token();
  return page;
}

}  // namespace runners::client

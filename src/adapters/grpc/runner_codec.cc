#include "adapters/grpc/runner_codec.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/system/x509.h"
#include "core/model/runner_rules.h"
#include "core/model/service_token.h"
#include "core/support/status_macros.h"

namespace runners::grpc_server {
namespace {

using PbLabels = google::protobuf::Map<std::string, std::string>;
using PbStrings = google::protobuf::RepeatedPtrField<std::string>;

Labels LabelsOf(const PbLabels& labels, Violations& violations) {
  return ReadLabels("labels", Labels(labels.begin(), labels.end()), violations);
}

std::vector<std::string> CapabilitiesOf(const PbStrings& capabilities, Violations& violations) {
  return ReadCapabilities("capabilities", {capabilities.begin(), capabilities.end()}, violations);
}

std::set<std::string> CapabilitySetOf(const PbStrings& capabilities, Violations& violations) {
  const std::vector<std::string> list = CapabilitiesOf(capabilities, violations);
  return {list.begin(), list.end()};
}

template <typename Message>
std::optional<OrganizationId> OptionalOrganizationOf(const Message& request,
                                                     Violations& violations) {
  if (!request.has_organization_id()) return std::nullopt;
  return ReadId<OrganizationId>("organization_id", request.organization_id(), violations);
}

std::optional<std::string> EtagOf(const std::string& etag) {
  if (etag.empty()) return std::nullopt;
  return etag;
}

std::set<RunnerStatus> StatusesOf(const google::protobuf::RepeatedField<int>& statuses,
                                  Violations& violations) {
  std::set<RunnerStatus> set;
  for (int i = 0; i < statuses.size(); ++i) {
    switch (statuses[i]) {
      case pb::RUNNER_STATUS_PENDING:
        set.insert(RunnerStatus::kPending);
        break;
      case pb::RUNNER_STATUS_ENROLLED:
        set.insert(RunnerStatus::kEnrolled);
        break;
      case pb::RUNNER_STATUS_OFFLINE:
        set.insert(RunnerStatus::kOffline);
        break;
      default:
        violations.Add("statuses[" + std::to_string(i) + "]", "must be a status other than 0");
    }
  }
  return set;
}

std::set<RunnerId> ExclusionsOf(const PbStrings& ids, Violations& violations) {
  std::set<RunnerId> excluded;
  if (static_cast<std::size_t>(ids.size()) > kMaxExclusions) {
    violations.Add("exclude_runner_ids", "must be at most " + std::to_string(kMaxExclusions));
  }
  for (int i = 0; i < ids.size(); ++i) {
    const auto id =
        ReadId<RunnerId>("exclude_runner_ids[" + std::to_string(i) + "]", ids[i], violations);
    if (id) excluded.insert(*id);
  }
  return excluded;
}

// Which fields an update touches.
struct Touched {
  bool name = false;
  bool labels = false;
  bool capabilities = false;
};

// Without a mask, what is empty stays as it is: Console sends no capabilities, and must not clear
// them.
Touched TouchedBy(const pb::UpdateRunnerRequest& request, Violations& violations) {
  if (request.update_mask().paths().empty()) {
    return {request.has_name(), !request.labels().empty(), !request.capabilities().empty()};
  }
  Touched touched;
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "name") {
      touched.name = true;
    } else if (path == "labels") {
      touched.labels = true;
    } else if (path == "capabilities") {
      touched.capabilities = true;
    } else {
      violations.Add("update_mask", "may hold name, labels and capabilities only");
    }
  }
  return touched;
}

absl::StatusOr<Secret> TokenOf(std::string_view field, const std::string& text) {
  Secret token(text);
  if (IsBlank(token)) return InvalidArgument({{std::string(field), "must not be empty"}});
  return token;
}

// Empty is absent.
std::optional<std::string> CertificateRequestOf(const std::string& pem, Violations& violations) {
  if (pem.empty()) return std::nullopt;
  const auto refuse = [&violations](const char* why) -> std::optional<std::string> {
    violations.Add("certificate_request", why);
    return std::nullopt;
  };
  switch (system::JudgeRequest(pem)) {
    case system::RequestVerdict::kGood:
      return pem;
    case system::RequestVerdict::kTooLarge:
      return refuse("must be at most 16 KiB");
    case system::RequestVerdict::kNotOneBlock:
      return refuse("must be one PEM block CERTIFICATE REQUEST and nothing before or after it");
    case system::RequestVerdict::kUnreadable:
      return refuse("must hold a PKCS#10 certificate request");
    case system::RequestVerdict::kUnsuitableKey:
      return refuse("must be over a key of EC P-256, EC P-384, or RSA with at least 2048 bits");
    case system::RequestVerdict::kBadSignature:
      return refuse("must be signed with the private key it is for");
  }
  return std::nullopt;
}

pb::RunnerStatus EncodeStatus(RunnerStatus status) {
  switch (status) {
    case RunnerStatus::kPending:
      return pb::RUNNER_STATUS_PENDING;
    case RunnerStatus::kEnrolled:
      return pb::RUNNER_STATUS_ENROLLED;
    case RunnerStatus::kOffline:
      return pb::RUNNER_STATUS_OFFLINE;
  }
  return pb::RUNNER_STATUS_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<Registration> Decode(const pb::RegisterRunnerRequest& request) {
  Violations violations;
  Registration registration;
  registration.name = ReadName("name", request.name(), violations);
  registration.organization_id = OptionalOrganizationOf(request, violations);
  registration.labels = LabelsOf(request.labels(), violations);
  registration.capabilities = CapabilitiesOf(request.capabilities(), violations);
  if (!request.request_id().empty()) {
    registration.request_id = ReadId<RequestId>("request_id", request.request_id(), violations);
  }
  CheckAttributeBytes(registration.labels, registration.capabilities, violations);
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());
  return registration;
}

absl::StatusOr<RunnerId> Decode(const pb::GetRunnerRequest& request) {
  Violations violations;
  const auto id = ReadId<RunnerId>("id", request.id(), violations);
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());
  return *id;
}

absl::StatusOr<ListRunnersRequest> Decode(const pb::ListRunnersRequest& request) {
  Violations violations;
  ListRunnersRequest list;
  list.organization_id = OptionalOrganizationOf(request, violations);
  list.statuses = StatusesOf(request.statuses(), violations);
  list.labels = LabelsOf(request.labels(), violations);
  list.capabilities = CapabilitySetOf(request.capabilities(), violations);
  list.name_prefix = ReadNamePrefix("name_prefix", request.name_prefix(), violations);
  list.page_size = request.page_size();
  list.page_token = request.page_token();
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());
  return list;
}

absl::StatusOr<RunnerEdit> Decode(const pb::UpdateRunnerRequest& request) {
  Violations violations;
  const auto id = ReadId<RunnerId>("id", request.id(), violations);
  const Touched touched = TouchedBy(request, violations);
  std::optional<std::string> name;
  std::optional<Labels> labels;
  std::optional<std::vector<std::string>> capabilities;
  if (touched.name) name = ReadName("name", request.name(), violations);
  if (touched.labels) labels = LabelsOf(request.labels(), violations);
  if (touched.capabilities) capabilities = CapabilitiesOf(request.capabilities(), violations);
  // The store checks again, together with what the edit leaves as it is.
  CheckAttributeBytes(labels.value_or(Labels()), capabilities.value_or(std::vector<std::string>()),
                      violations);
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());
  return RunnerEdit{*id, std::move(name), std::move(labels), std::move(capabilities),
                    EtagOf(request.etag())};
}

absl::StatusOr<Deletion> Decode(const pb::DeleteRunnerRequest& request) {
  Violations violations;
  const auto id = ReadId<RunnerId>("id", request.id(), violations);
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());
  return Deletion{*id, EtagOf(request.etag())};
}

absl::StatusOr<Secret> Decode(const pb::ValidateServiceTokenRequest& request) {
  return TokenOf("token_hash", request.token_hash());
}

absl::StatusOr<Enrollment> Decode(const pb::EnrollRunnerRequest& request) {
  Violations violations;
  Enrollment enrollment;
  enrollment.token = Secret(request.service_token());
  if (IsBlank(enrollment.token)) violations.Add("service_token", "must not be empty");
  enrollment.certificate_request = CertificateRequestOf(request.certificate_request(), violations);
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());
  return enrollment;
}

absl::StatusOr<Selection> Decode(const pb::SelectRunnerRequest& request) {
  Violations violations;
  const auto organization =
      ReadId<OrganizationId>("organization_id", request.organization_id(), violations);
  Labels labels = LabelsOf(request.labels(), violations);
  std::set<std::string> capabilities = CapabilitySetOf(request.capabilities(), violations);
  std::set<RunnerId> excluded = ExclusionsOf(request.exclude_runner_ids(), violations);
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());
  return Selection{{*organization, std::move(labels), std::move(capabilities), std::move(excluded)},
                   request.count_candidates() ? Counting::kExact : Counting::kSkip};
}

google::protobuf::Timestamp EncodeTime(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const std::int64_t seconds = absl::ToUnixSeconds(time);  // towards the past: nanos are never < 0
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

pb::Runner Encode(const Runner& runner) {
  pb::Runner message;
  message.mutable_meta()->set_id(runner.id.text());
  *message.mutable_meta()->mutable_created_at() = EncodeTime(runner.created_at);
  *message.mutable_meta()->mutable_updated_at() = EncodeTime(runner.updated_at);
  message.set_name(runner.name);
  if (runner.organization_id) message.set_organization_id(runner.organization_id->text());
  message.set_identity_id(runner.id.text());
  message.set_status(EncodeStatus(runner.status));
  message.mutable_labels()->insert(runner.labels.begin(), runner.labels.end());
  message.set_openziti_service_name(OverlayServiceName(runner.id));
  message.mutable_capabilities()->Assign(runner.capabilities.begin(), runner.capabilities.end());
  message.set_etag(runner.etag);
  return message;
}

pb::RegisterRunnerResponse Encode(const RegisteredRunner& registered) {
  pb::RegisterRunnerResponse response;
  *response.mutable_runner() = Encode(registered.runner);
  response.set_service_token(registered.service_token.Reveal());
  return response;
}

pb::ListRunnersResponse Encode(const RunnerPage& page) {
  pb::ListRunnersResponse response;
  for (const Runner& runner : page.runners) *response.add_runners() = Encode(runner);
  response.set_next_page_token(page.next_page_token);
  return response;
}

pb::EnrollRunnerResponse Encode(const EnrolledRunner& enrolled) {
  pb::EnrollRunnerResponse response;
  response.set_identity_json(enrolled.identity_file.Reveal());
  response.set_service_name(enrolled.service_name);
  response.set_identity_id(enrolled.overlay_id);
  response.set_generation(enrolled.generation);
  return response;
}

pb::SelectRunnerResponse Encode(const SelectedRunner& selected) {
  pb::SelectRunnerResponse response;
  *response.mutable_runner() = Encode(selected.runner);
  if (selected.candidate_count) response.set_candidate_count(*selected.candidate_count);
  return response;
}

}  // namespace runners::grpc_server

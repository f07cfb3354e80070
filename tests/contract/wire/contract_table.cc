#include "tests/contract/wire/contract_table.h"

#include <array>

namespace runners::wire {
namespace {

using enum Presence;

constexpr std::array kFields = {
    FieldRow{"EntityMeta", "id", 1, "string", kImplicit},
    FieldRow{"EntityMeta", "created_at", 2, "Timestamp", kImplicit},
    FieldRow{"EntityMeta", "updated_at", 3, "Timestamp", kImplicit},

    FieldRow{"ComputeResources", "requests_cpu", 1, "string", kImplicit},
    FieldRow{"ComputeResources", "requests_memory", 2, "string", kImplicit},
    FieldRow{"ComputeResources", "limits_cpu", 3, "string", kImplicit},
    FieldRow{"ComputeResources", "limits_memory", 4, "string", kImplicit},

    FieldRow{"Runner", "meta", 1, "EntityMeta", kImplicit},
    FieldRow{"Runner", "name", 2, "string", kImplicit},
    FieldRow{"Runner", "organization_id", 3, "string", kOptional},
    FieldRow{"Runner", "identity_id", 4, "string", kImplicit},
    FieldRow{"Runner", "status", 5, "RunnerStatus", kImplicit},
    FieldRow{"Runner", "labels", 6, "map<string, string>", kMap},
    FieldRow{"Runner", "openziti_service_name", 7, "string", kImplicit},
    FieldRow{"Runner", "capabilities", 8, "string", kRepeated},
    FieldRow{"Runner", "etag", 1001, "string", kImplicit},

    FieldRow{"RegisterRunnerRequest", "name", 1, "string", kImplicit},
    FieldRow{"RegisterRunnerRequest", "organization_id", 2, "string", kOptional},
    FieldRow{"RegisterRunnerRequest", "labels", 3, "map<string, string>", kMap},
    FieldRow{"RegisterRunnerRequest", "capabilities", 4, "string", kRepeated},
    FieldRow{"RegisterRunnerRequest", "request_id", 1001, "string", kImplicit},
    FieldRow{"RegisterRunnerResponse", "runner", 1, "Runner", kImplicit},
    FieldRow{"RegisterRunnerResponse", "service_token", 2, "string", kImplicit},

    FieldRow{"GetRunnerRequest", "id", 1, "string", kImplicit},
    FieldRow{"GetRunnerResponse", "runner", 1, "Runner", kImplicit},

    FieldRow{"ListRunnersRequest", "page_size", 1, "int32", kImplicit},
    FieldRow{"ListRunnersRequest", "page_token", 2, "string", kImplicit},
    FieldRow{"ListRunnersRequest", "organization_id", 3, "string", kOptional},
    FieldRow{"ListRunnersRequest", "statuses", 1001, "RunnerStatus", kRepeated},
    FieldRow{"ListRunnersRequest", "labels", 1002, "map<string, string>", kMap},
    FieldRow{"ListRunnersRequest", "capabilities", 1003, "string", kRepeated},
    FieldRow{"ListRunnersRequest", "name_prefix", 1004, "string", kImplicit},
    FieldRow{"ListRunnersResponse", "runners", 1, "Runner", kRepeated},
    FieldRow{"ListRunnersResponse", "next_page_token", 2, "string", kImplicit},

    FieldRow{"UpdateRunnerRequest", "id", 1, "string", kImplicit},
    FieldRow{"UpdateRunnerRequest", "name", 2, "string", kOptional},
    FieldRow{"UpdateRunnerRequest", "labels", 3, "map<string, string>", kMap},
    FieldRow{"UpdateRunnerRequest", "capabilities", 4, "string", kRepeated},
    FieldRow{"UpdateRunnerRequest", "update_mask", 1001, "FieldMask", kImplicit},
    FieldRow{"UpdateRunnerRequest", "etag", 1002, "string", kImplicit},
    FieldRow{"UpdateRunnerResponse", "runner", 1, "Runner", kImplicit},

    FieldRow{"DeleteRunnerRequest", "id", 1, "string", kImplicit},
    FieldRow{"DeleteRunnerRequest", "etag", 1001, "string", kImplicit},
    FieldRow{"DeleteRunnerResponse", "", 0, "", kImplicit},

    FieldRow{"ValidateServiceTokenRequest", "token_hash", 1, "string", kImplicit},
    FieldRow{"ValidateServiceTokenResponse", "runner", 1, "Runner", kImplicit},

    FieldRow{"EnrollRunnerRequest", "service_token", 1, "string", kImplicit},
    FieldRow{"EnrollRunnerRequest", "certificate_request", 1001, "bytes", kImplicit},
    FieldRow{"EnrollRunnerResponse", "identity_json", 1, "bytes", kImplicit},
    FieldRow{"EnrollRunnerResponse", "service_name", 2, "string", kImplicit},
    FieldRow{"EnrollRunnerResponse", "identity_id", 3, "string", kImplicit},
    FieldRow{"EnrollRunnerResponse", "generation", 1002, "int64", kImplicit},

    FieldRow{"SelectRunnerRequest", "organization_id", 1, "string", kImplicit},
    FieldRow{"SelectRunnerRequest", "labels", 2, "map<string, string>", kMap},
    FieldRow{"SelectRunnerRequest", "capabilities", 3, "string", kRepeated},
    FieldRow{"SelectRunnerRequest", "exclude_runner_ids", 4, "string", kRepeated},
    FieldRow{"SelectRunnerRequest", "count_candidates", 6, "bool", kImplicit},
    FieldRow{"SelectRunnerResponse", "runner", 1, "Runner", kImplicit},
    FieldRow{"SelectRunnerResponse", "candidate_count", 2, "int64", kOptional},

    FieldRow{"Grant", "identity_id", 1, "string", kImplicit},
    FieldRow{"Grant", "relation", 2, "string", kImplicit},
    FieldRow{"Grant", "object", 3, "string", kImplicit},
    FieldRow{"Grant", "created_at", 4, "Timestamp", kImplicit},
    FieldRow{"PutGrantRequest", "identity_id", 1, "string", kImplicit},
    FieldRow{"PutGrantRequest", "relation", 2, "string", kImplicit},
    FieldRow{"PutGrantRequest", "object", 3, "string", kImplicit},
    FieldRow{"PutGrantResponse", "", 0, "", kImplicit},
    FieldRow{"DeleteGrantRequest", "identity_id", 1, "string", kImplicit},
    FieldRow{"DeleteGrantRequest", "relation", 2, "string", kImplicit},
    FieldRow{"DeleteGrantRequest", "object", 3, "string", kImplicit},
    FieldRow{"DeleteGrantResponse", "", 0, "", kImplicit},
    FieldRow{"ListGrantsRequest", "object", 1, "string", kOptional},
    FieldRow{"ListGrantsRequest", "identity_id", 2, "string", kOptional},
    FieldRow{"ListGrantsRequest", "page_size", 3, "int32", kImplicit},
    FieldRow{"ListGrantsRequest", "page_token", 4, "string", kImplicit},
    FieldRow{"ListGrantsResponse", "grants", 1, "Grant", kRepeated},
    FieldRow{"ListGrantsResponse", "next_page_token", 2, "string", kImplicit},
};

constexpr std::array kEnums = {
    EnumRow{"RunnerStatus", "RUNNER_STATUS_UNSPECIFIED", 0},
    EnumRow{"RunnerStatus", "RUNNER_STATUS_PENDING", 1},
    EnumRow{"RunnerStatus", "RUNNER_STATUS_ENROLLED", 2},
    EnumRow{"RunnerStatus", "RUNNER_STATUS_OFFLINE", 3},
    EnumRow{"SortDirection", "SORT_DIRECTION_UNSPECIFIED", 0},
    EnumRow{"SortDirection", "SORT_DIRECTION_ASC", 1},
    EnumRow{"SortDirection", "SORT_DIRECTION_DESC", 2},
};

#define RUNNERS_SERVICE "agynio.api.runners.v1.RunnersService"
#define RUNNERS_GATEWAY "agynio.api.gateway.v1.RunnersGateway"
#define RUNNERS_MESSAGE(name) "agynio.api.runners.v1." name

constexpr MethodRow Row(std::string_view service, std::string_view method, std::string_view request,
                        std::string_view response) {
  return {service, method, request, response};
}

#define RUNNERS_METHOD(service, name) \
  Row(service, name, RUNNERS_MESSAGE(name "Request"), RUNNERS_MESSAGE(name "Response"))

constexpr std::array kMethods = {
    RUNNERS_METHOD(RUNNERS_SERVICE, "RegisterRunner"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "GetRunner"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "ListRunners"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "UpdateRunner"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "DeleteRunner"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "ValidateServiceToken"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "EnrollRunner"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "SelectRunner"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "PutGrant"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "DeleteGrant"),
    RUNNERS_METHOD(RUNNERS_SERVICE, "ListGrants"),

    RUNNERS_METHOD(RUNNERS_GATEWAY, "RegisterRunner"),
    RUNNERS_METHOD(RUNNERS_GATEWAY, "GetRunner"),
    RUNNERS_METHOD(RUNNERS_GATEWAY, "ListRunners"),
    RUNNERS_METHOD(RUNNERS_GATEWAY, "UpdateRunner"),
    RUNNERS_METHOD(RUNNERS_GATEWAY, "DeleteRunner"),
    RUNNERS_METHOD(RUNNERS_GATEWAY, "EnrollRunner"),
};

#undef RUNNERS_METHOD
#undef RUNNERS_MESSAGE
#undef RUNNERS_GATEWAY
#undef RUNNERS_SERVICE

std::string_view PresenceName(Presence presence) {
  switch (presence) {
    case kImplicit:
      return "implicit";
    case kOptional:
      return "optional";
    case kRepeated:
      return "repeated";
    case kMap:
      return "map";
  }
  return "";
}

std::string Line(const FieldRow& row) {
  if (row.number == 0) return std::string(row.message) + " has no fields";
  return std::string(row.message) + "." + std::string(row.field) + " = " +
         std::to_string(row.number) + ", " + std::string(row.type) + ", " +
         std::string(PresenceName(row.presence));
}

std::string Line(const EnumRow& row) {
  return std::string(row.name) + "." + std::string(row.value) + " = " + std::to_string(row.number);
}

std::string Line(const MethodRow& row) {
  return std::string(row.service) + "/" + std::string(row.method) + "(" + std::string(row.request) +
         ") returns (" + std::string(row.response) + ")";
}

template <typename Row>
std::set<std::string> LinesOf(std::span<const Row> rows) {
  std::set<std::string> lines;
  for (const Row& row : rows) lines.insert(Line(row));
  return lines;
}

}  // namespace

std::span<const FieldRow> ContractFields() {
  return kFields;
}
std::span<const EnumRow> ContractEnums() {
  return kEnums;
}
std::span<const MethodRow> ContractMethods() {
  return kMethods;
}

std::set<std::string> Lines(std::span<const FieldRow> rows) {
  return LinesOf(rows);
}
std::set<std::string> Lines(std::span<const EnumRow> rows) {
  return LinesOf(rows);
}
std::set<std::string> Lines(std::span<const MethodRow> rows) {
  return LinesOf(rows);
}

}  // namespace runners::wire

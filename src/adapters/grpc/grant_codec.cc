#include "adapters/grpc/grant_codec.h"

#include <optional>
#include <string>
#include <utility>

#include "adapters/grpc/runner_codec.h"
#include "core/model/runner_rules.h"
#include "core/support/status_macros.h"

namespace runners::grpc_server {
namespace {

constexpr char kObjectForm[] = "must be cluster:global or organization:<uuid>";

template <typename Message>
absl::StatusOr<Grant> GrantOf(const Message& request) {
  Violations violations;
  const auto identity = ReadId<IdentityId>("identity_id", request.identity_id(), violations);
  const std::optional<Relation> relation = ParseRelation(request.relation());
  if (!relation) violations.Add("relation", "must be admin, owner or member");
  std::optional<GrantObject> object = GrantObject::Parse(request.object());
  if (!object) violations.Add("object", kObjectForm);
  if (!identity || !relation || !object) return std::move(violations).ToStatus();

  Grant grant{*identity, *relation, *std::move(object), {}};
  CheckRelation(grant, violations);
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());
  return grant;
}

}  // namespace

absl::StatusOr<Grant> Decode(const pb::PutGrantRequest& request) {
  return GrantOf(request);
}

absl::StatusOr<Grant> Decode(const pb::DeleteGrantRequest& request) {
  return GrantOf(request);
}

absl::StatusOr<ListGrantsRequest> Decode(const pb::ListGrantsRequest& request) {
  Violations violations;
  ListGrantsRequest list;
  if (request.has_identity_id()) {
    list.identity_id = ReadId<IdentityId>("identity_id", request.identity_id(), violations);
  }
  if (request.has_object()) {
    list.object = GrantObject::Parse(request.object());
    if (!list.object) violations.Add("object", kObjectForm);
  }
  list.page_size = request.page_size();
  list.page_token = request.page_token();
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());
  return list;
}

pb::ListGrantsResponse Encode(const GrantPage& page) {
  pb::ListGrantsResponse response;
  for (const Grant& grant : page.grants) {
    auto* message = response.add_grants();
    message->set_identity_id(grant.identity_id.text());
    message->set_relation(std::string(RelationName(grant.relation)));
    message->set_object(grant.object.text());
    *message->mutable_created_at() = EncodeTime(grant.created_at);
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

}  // namespace runners::grpc_server

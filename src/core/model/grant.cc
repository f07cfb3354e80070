#include "runners/grant.h"

namespace runners {
namespace {

constexpr std::string_view kClusterObject = "cluster:global";
constexpr std::string_view kOrganizationPrefix = "organization:";

}  // namespace

std::string_view RelationName(Relation relation) {
  switch (relation) {
    case Relation::kAdmin:
      return "admin";
    case Relation::kOwner:
      return "owner";
    case Relation::kMember:
      return "member";
  }
  return "unknown";
}

std::optional<Relation> ParseRelation(std::string_view name) {
  for (Relation relation : {Relation::kAdmin, Relation::kOwner, Relation::kMember}) {
    if (RelationName(relation) == name) return relation;
  }
  return std::nullopt;
}

std::string GrantObject::text() const {
  if (!organization_id) return std::string(kClusterObject);
  return std::string(kOrganizationPrefix) + organization_id->text();
}

std::optional<GrantObject> GrantObject::Parse(std::string_view text) {
  if (text == kClusterObject) return GrantObject{};
  if (text.substr(0, kOrganizationPrefix.size()) != kOrganizationPrefix) return std::nullopt;
  std::optional<OrganizationId> organization =
      OrganizationId::Parse(text.substr(kOrganizationPrefix.size()));
  if (!organization) return std::nullopt;
  return GrantObject{std::move(organization)};
}

}  // namespace runners

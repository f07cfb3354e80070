#include "core/access/grants.h"

#include <utility>

#include "core/model/paging.h"
#include "core/support/joined_parts.h"
#include "core/support/status_macros.h"

namespace runners {
namespace {

std::string ContextOf(const Call& call, const ListGrantsRequest& request) {
  return JoinedParts()
      .Add("ListGrants")
      .Add(call.caller ? call.caller->text() : "internal")
      .Add(request.object ? request.object->text() : "")
      .Add(request.identity_id ? request.identity_id->text() : "")
      .text();
}

std::string PositionAfter(const Grant& grant) {
  return JoinedParts()
      .AddTime(grant.created_at)
      .Add(grant.identity_id.text())
      .Add(RelationName(grant.relation))
      .Add(grant.object.text())
      .text();
}

// `position` was sealed by us, so it has this form.
GrantCursor CursorAt(const std::string& position) {
  const std::vector<std::string> parts = JoinedParts::Split(position).value();
  return {JoinedParts::TimeOf(parts.at(0)), IdentityId::Parse(parts.at(1)).value(),
          ParseRelation(parts.at(2)).value(), parts.at(3)};
}

}  // namespace

void CheckRelation(const Grant& grant, Violations& violations) {
  const bool of_cluster = !grant.object.organization_id.has_value();
  const bool is_admin = grant.relation == Relation::kAdmin;
  if (of_cluster && !is_admin) violations.Add("relation", "must be admin for cluster:global");
  if (!of_cluster && is_admin)
    violations.Add("relation", "must be owner or member for an organization");
}

absl::Status Grants::Put(const Call& call, const Grant& grant) {
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireClusterAdmin(call));
  return store_.Put(call, grant);
}

absl::Status Grants::Delete(const Call& call, const Grant& grant) {
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireClusterAdmin(call));
  return store_.Delete(call, grant);
}

absl::StatusOr<GrantPage> Grants::List(const Call& call, const ListGrantsRequest& request) {
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireClusterAdmin(call));

  GrantQuery query;
  query.object = request.object;
  query.identity_id = request.identity_id;
  const std::string context = ContextOf(call, request);
  if (!request.page_token.empty()) {
    RUNNERS_ASSIGN_OR_RETURN(const std::string position, sealer_.Open(request.page_token, context));
    query.after = CursorAt(position);
  }
  const int page_size = PageSize(request.page_size);
  query.limit = PageLimit(page_size);

  GrantPage page;
  RUNNERS_ASSIGN_OR_RETURN(page.grants, store_.List(call, query));
  if (CutToPage(page.grants, page_size)) {
    page.next_page_token = sealer_.Seal(PositionAfter(page.grants.back()), context);
  }
  return page;
}

}  // namespace runners

#include "core/registry/list_runners.h"

#include <utility>

#include "core/model/paging.h"
#include "core/support/joined_parts.h"
#include "core/support/status_macros.h"

namespace runners {
namespace {

// A token fits the question it was made for: same caller, same filter. The page size may change.
std::string ContextOf(const Call& call, const ListRunnersRequest& request) {
  JoinedParts parts;
  parts.Add("ListRunners").Add(call.caller ? call.caller->text() : "internal");
  parts.Add(request.organization_id ? request.organization_id->text() : "");
  parts.AddCount(request.statuses.size());
  for (const RunnerStatus status : request.statuses) parts.Add(RunnerStatusName(status));
  parts.AddCount(request.labels.size());
  for (const auto& [key, value] : request.labels) parts.Add(key).Add(value);
  parts.AddCount(request.capabilities.size());
  for (const std::string& capability : request.capabilities) parts.Add(capability);
  return parts.Add(request.name_prefix).text();
}

std::string PositionAfter(const Runner& runner) {
  return JoinedParts().AddTime(runner.created_at).Add(runner.id.text()).text();
}

// `position` was sealed by us, so it has this form.
RunnerCursor CursorAt(const std::string& position) {
  const std::vector<std::string> parts = JoinedParts::Split(position).value();
  return {JoinedParts::TimeOf(parts.at(0)), RunnerId::Parse(parts.at(1)).value()};
}

}  // namespace

absl::StatusOr<RunnerPage> ListRunners::Run(const Call& call, const ListRunnersRequest& request) {
  RunnerQuery query;
  RUNNERS_ASSIGN_OR_RETURN(query.visibility, authorizer_.VisibilityOf(call));
  if (request.organization_id && !query.visibility.everything &&
      !query.visibility.organizations.contains(*request.organization_id)) {
    return PermissionDenied();
  }
  query.organization_id = request.organization_id;
  query.statuses = request.statuses;
  query.labels = request.labels;
  query.capabilities = request.capabilities;
  query.name_prefix = request.name_prefix;
  const std::string context = ContextOf(call, request);
  if (!request.page_token.empty()) {
    RUNNERS_ASSIGN_OR_RETURN(const std::string position, sealer_.Open(request.page_token, context));
    query.after = CursorAt(position);
  }
  const int page_size = PageSize(request.page_size);
  query.limit = PageLimit(page_size);

  RunnerPage page;
  RUNNERS_ASSIGN_OR_RETURN(page.runners, store_.List(call, query));
  if (CutToPage(page.runners, page_size)) {
    page.next_page_token = sealer_.Seal(PositionAfter(page.runners.back()), context);
  }
  return page;
}

}  // namespace runners

#include "core/registry/list_runners.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "core/model/paging.h"
#include "core/support/status_macros.h"

namespace runners {
namespace {

// A token fits the question it was made for: same caller, same filter. The page size may change.
std::string ContextOf(const Call& call, const ListRunnersRequest& request) {
  TokenParts parts;
  parts.Add("ListRunners").Add(call.caller ? call.caller->text() : "internal");
  parts.Add(request.organization_id ? request.organization_id->text() : "");
  parts.Add(std::to_string(request.statuses.size()));
  for (const RunnerStatus status : request.statuses) parts.Add(RunnerStatusName(status));
  parts.Add(std::to_string(request.labels.size()));
  for (const auto& [key, value] : request.labels) parts.Add(key).Add(value);
  parts.Add(std::to_string(request.capabilities.size()));
  for (const std::string& capability : request.capabilities) parts.Add(capability);
  return parts.Add(request.name_prefix).text();
}

std::string PositionAfter(const Runner& runner) {
  return TokenParts()
      .Add(std::to_string(absl::ToUnixMicros(runner.created_at)))
      .Add(runner.id.text())
      .text();
}

// `position` was sealed by us, so it has this form.
RunnerCursor CursorAt(const std::string& position) {
  const std::vector<std::string> parts = TokenParts::Split(position).value();
  std::int64_t micros = 0;
  std::from_chars(parts.at(0).data(), parts.at(0).data() + parts.at(0).size(), micros);
  return {absl::FromUnixMicros(micros), RunnerId::Parse(parts.at(1)).value()};
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
  query.limit = page_size + 1;  // one more tells whether there is a next page

  RunnerPage page;
  RUNNERS_ASSIGN_OR_RETURN(page.runners, store_.List(call, query));
  if (static_cast<int>(page.runners.size()) > page_size) {
    page.runners.erase(page.runners.begin() + page_size, page.runners.end());
    page.next_page_token = sealer_.Seal(PositionAfter(page.runners.back()), context);
  }
  return page;
}

}  // namespace runners

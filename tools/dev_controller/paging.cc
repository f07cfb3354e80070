#include "tools/dev_controller/paging.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

#include "tools/dev_controller/filter.h"

namespace dev_controller {
namespace {

using nlohmann::json;

constexpr std::int64_t kDefaultLimit = 10;
constexpr std::int64_t kMaxLimit = 500;
constexpr std::int64_t kMaxOffset = 100'000;
constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
constexpr int kBadQueryType = 601;  // a status of its own for parameters of another type

std::optional<std::int64_t> NumberIn(const Call& call, const char* parameter) {
  const std::string text = call.Query(parameter);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end) return value;
  throw InvalidField(parameter,
                     std::string(parameter) + " in query must be of type int64: \"" + text + "\"",
                     text, kBadQueryType);
}

std::int64_t LimitOf(const Call& call) {
  const std::int64_t limit = NumberIn(call, "limit").value_or(kDefaultLimit);
  if (limit == -1) return kAll;
  return limit <= 0 ? kDefaultLimit : std::min(limit, kMaxLimit);
}

std::int64_t OffsetOf(const Call& call) {
  return std::clamp<std::int64_t>(NumberIn(call, "offset").value_or(0), 0, kMaxOffset);
}

}  // namespace

Answer ListAnswer(const Call& call, const Store::Rows& rows, const ListPlan& plan) {
  Page page;
  page.limit = LimitOf(call);
  page.offset = OffsetOf(call);
  try {
    const Filter filter = Filter::Parse(call.Query("filter"));
    // A field that does not exist is wrong even when there is no row to look at.
    const json no_row = json::object();
    filter.Check([&](const std::string& field) { return plan.field(no_row, field); });
    for (const auto& [id, row] : rows) {
      const json& current = row;
      if (!filter.Matches([&](const std::string& field) { return plan.field(current, field); }))
        continue;
      const std::int64_t position = page.total++;
      if (position < page.offset || position - page.offset >= page.limit) continue;
      page.rows.push_back(plan.shown(row));
    }
  } catch (const FilterError& error) {
    throw InvalidFilter(error.what());
  }
  return PageAnswer(std::move(page), plan.filterable_fields);
}

}  // namespace dev_controller

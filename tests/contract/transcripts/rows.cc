#include "tests/contract/transcripts/rows.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/openziti/envelope.h"

namespace runners::testing {
namespace {

using nlohmann::json;
using openziti::TextAt;

// The row of `rows` whose `key` is `value`, taken out of them.
std::optional<json> TakeRow(std::vector<json>& rows, const char* key, const std::string& value) {
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    if (value.empty() || TextAt(*row, key) != value) continue;
    json taken = std::move(*row);
    rows.erase(row);
    return taken;
  }
  return std::nullopt;
}

}  // namespace

bool IsPartialPage(const json& answer) {
  const json::json_pointer total("/meta/pagination/totalCount");
  if (!answer.is_object() || !answer.contains(total) || !answer[total].is_number_integer())
    return false;
  return answer.contains("data") && answer["data"].is_array() &&
         answer[total].get<std::size_t>() > answer["data"].size();
}

json AlignedRows(const json& recorded, const json& replayed, const Bindings& bindings) {
  std::vector<json> left(replayed.begin(), replayed.end());
  std::vector<std::optional<json>> places(recorded.size());
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    const std::string* id = bindings.Find(TextAt(recorded[i], "id"));
    if (id != nullptr) places[i] = TakeRow(left, "id", *id);
  }
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    if (!places[i]) places[i] = TakeRow(left, "name", TextAt(recorded[i], "name"));
  }
  json aligned = json::array();
  auto next = left.begin();
  for (std::optional<json>& place : places) {
    if (!place && next != left.end()) place = std::move(*next++);
    aligned.push_back(place ? *std::move(place) : json());
  }
  for (; next != left.end(); ++next) aligned.push_back(std::move(*next));
  return aligned;
}

bool IdsAscend(const json& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (TextAt(rows[i], "id").empty()) return false;
    if (i > 0 && TextAt(rows[i - 1], "id") >= TextAt(rows[i], "id")) return false;
  }
  return true;
}

}  // namespace runners::testing

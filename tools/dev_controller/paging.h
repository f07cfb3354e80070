#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/dev_controller/call.h"
#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/store.h"

namespace dev_controller {

// What a list does with its rows.
struct ListPlan {
  // How a field of a row reads for a filter (see Filter::Reader).
  std::function<std::optional<nlohmann::json>(const Store::Row& row, const std::string& field)>
      field;
  std::function<nlohmann::json(const Store::Row& row)> shown;
  std::vector<std::string> filterable_fields;
};

// The page of `rows` that the query asks for with `limit`, `offset` and `filter`: 10 rows without a
// limit, never more than 500, all with -1. Throws Refusal for a query that is none.
Answer ListAnswer(const Call& call, const Store::Rows& rows, const ListPlan& plan);

}  // namespace dev_controller

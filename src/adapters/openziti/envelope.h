#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "adapters/openziti/http_client.h"

namespace runners::openziti {

// The controller wraps what it says: {"data":...,"meta":...} or {"error":...}. Unknown fields are
// ignored; whatever has another shape is "nothing" here and garbage to the caller.

// `data` of a 2xx answer.
std::optional<nlohmann::json> DataOf(const HttpResponse& response);

// One page of a list.
struct EdgePage {
  std::vector<nlohmann::json> rows;
  std::int64_t total = 0;  // rows of all pages
};
std::optional<EdgePage> PageOf(const HttpResponse& response);

// `error.code`, or the bare `code` of a 413, when it is a word in capitals (1 to 40 bytes), else
// "".
std::string ErrorCodeOf(const HttpResponse& response);

// The object asked for does not exist. A 404 without the controller's envelope comes from somebody
// else and proves nothing.
bool IsNotFound(const HttpResponse& response);

// `object[key]` when it is a string, else "".
std::string TextAt(const nlohmann::json& object, const char* key);

// `object[key]` as a list of strings; null, absent or anything else is empty.
std::vector<std::string> TextsAt(const nlohmann::json& object, const char* key);

}  // namespace runners::openziti

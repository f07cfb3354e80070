#include "adapters/postgres/connection_string.h"

#include <libpq-fe.h>

#include <memory>

namespace runners::postgres {
namespace {

// libpq's quoting: single quotes around, backslash before quote and backslash.
std::string Quoted(const std::string& value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  quoted.push_back('\'');
  return quoted;
}

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

}  // namespace

absl::StatusOr<Secret> WithDefaults(const Secret& dsn,
                                    const std::map<std::string, std::string>& defaults) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> parsed(
      PQconninfoParse(dsn.Reveal().c_str(), &error));
  PQfreemem(error);  // it may repeat the password
  if (parsed == nullptr) {
    return absl::InvalidArgumentError(
        "the database URL is neither a postgres:// URI nor a libpq connection string");
  }

  std::map<std::string, std::string> parameters = defaults;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    std::string& value = parameters[option->keyword];
    const bool both = std::string(option->keyword) == "options" && !value.empty();
    value = both ? value + " " + option->val : option->val;
  }

  std::string text;
  for (const auto& [keyword, value] : parameters) text += keyword + "=" + Quoted(value) + " ";
  return Secret(std::move(text));
}

}  // namespace runners::postgres

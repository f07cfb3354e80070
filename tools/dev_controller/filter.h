#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace dev_controller {

// A filter is none; `what()` is the sentence a controller answers with.
class FilterError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A condition on rows in the part of the controller's filter language that is in use:
//   field = "text", field != 2, field contains "text", anyOf(set) = "text", true, false,
//   joined by `and` and `or` (which binds less), in parentheses where needed.
// Strings are in double quotes with `\"` and `\\`; identifiers have letters, dots and dashes, and
// no digits. The rest of the language (sorting, paging, functions, dates) is an error here.
// Immutable.
class Filter {
 public:
  // How a field of a row reads: a string, number or boolean; null when the row has none; an array
  // for a set. Nothing when rows have no such field.
  using Reader = std::function<std::optional<nlohmann::json>(const std::string& field)>;

  // An empty text is true for every row. Throws FilterError.
  static Filter Parse(std::string_view text);

  // Throws FilterError when the condition names a field that rows of this kind do not have, or a
  // set without anyOf, or the other way round.
  void Check(const Reader& reader) const;

  // After Check with a reader of the same kind.
  bool Matches(const Reader& reader) const;

 private:
  friend class FilterParser;
  struct Node;

  std::shared_ptr<const Node> root_;  // shared by copies; null: true
};

}  // namespace dev_controller

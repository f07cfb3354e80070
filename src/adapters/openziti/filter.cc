#include "adapters/openziti/filter.h"

namespace runners::openziti {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

std::string Equals(std::string_view field, std::string_view value) {
  return std::string(field) + "=" + Quoted(value);
}

}  // namespace runners::openziti

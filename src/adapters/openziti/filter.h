#pragma once

#include <string>
#include <string_view>

namespace runners::openziti {

// `text` as a string of the controller's filter language: in double quotes, with `\"` and `\\`. The
// one way a value gets into a filter.
std::string Quoted(std::string_view text);

// `field="value"`. `field` is one of ours: letters, dots and dashes only (the language knows no
// digits in identifiers, and a tag key with a dot finds nothing, silently).
std::string Equals(std::string_view field, std::string_view value);

}  // namespace runners::openziti

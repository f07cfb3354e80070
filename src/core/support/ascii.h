#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace runners {

// `text` without ASCII white space (space, tab, CR, LF, VT, FF) at both ends.
std::string_view Trimmed(std::string_view text);

// Two lower-case hexadecimal digits a byte.
std::string Hex(std::span<const std::uint8_t> bytes);

}  // namespace runners

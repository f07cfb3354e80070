#pragma once

#include <cstddef>
#include <string_view>

namespace runners {

// True when `text` is well-formed UTF-8 (RFC 3629) and holds no control character: none of U+0000
// to U+001F, U+007F, U+0080 to U+009F.
bool IsPlainUtf8(std::string_view text);

// The longest prefix of at most `max_bytes` bytes that does not cut a character in two. `text` must
// be UTF-8.
std::string_view Utf8Prefix(std::string_view text, std::size_t max_bytes);

}  // namespace runners

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runners {

// How long `text` is on the way to a client, where an error's sentence travels percent-encoded:
// printable ASCII other than '%' counts once, every other byte three times.
std::size_t EscapedBytes(std::string_view text);

// `text` when it is at most `max_bytes` long, counted as above, else its beginning and "...".
// `text` must be UTF-8; `max_bytes` >= 3.
std::string Shortened(std::string_view text, std::size_t max_bytes);

// "and N more".
std::string MoreText(std::size_t left_out);

// As many of `items` as fit into `max_bytes`, counted as above, joined by `separator`; when some do
// not fit, the last words say how many. `items` must be UTF-8; `max_bytes` >= 64.
std::string Enumerated(const std::vector<std::string>& items, std::string_view separator,
                       std::size_t max_bytes);

}  // namespace runners

#pragma once

#include <cstddef>
#include <vector>

namespace runners {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 100;

// The size of a page when `asked` was asked for: never an error.
constexpr int PageSize(int asked) {
  if (asked <= 0) return kDefaultPageSize;
  return asked < kMaxPageSize ? asked : kMaxPageSize;
}

// What to ask the store for: one more than the page tells whether there is a next one.
constexpr int PageLimit(int page_size) {
  return page_size + 1;
}

// Takes off what is beyond the page. True when there was something: there is a next page.
template <typename Item>
bool CutToPage(std::vector<Item>& items, int page_size) {
  const auto size = static_cast<std::size_t>(page_size);
  if (items.size() <= size) return false;
  items.erase(items.begin() + page_size, items.end());
  return true;
}

}  // namespace runners

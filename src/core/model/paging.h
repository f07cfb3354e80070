#pragma once

namespace runners {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 100;

// The size of a page when `asked` was asked for: never an error.
constexpr int PageSize(int asked) {
  if (asked <= 0) return kDefaultPageSize;
  return asked < kMaxPageSize ? asked : kMaxPageSize;
}

}  // namespace runners

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/error.h"
#include "runners/ids.h"
#include "runners/runner.h"

namespace runners {

// Bounds of what a runner may carry. Nothing that breaks one reaches the database or the overlay.
inline constexpr std::size_t kMaxNameBytes = 255;
inline constexpr std::size_t kMaxLabels = 64;
inline constexpr std::size_t kMaxLabelKeyBytes = 253;
inline constexpr std::size_t kMaxLabelValueBytes = 1024;
inline constexpr std::size_t kMaxCapabilities = 64;
inline constexpr std::size_t kMaxCapabilityBytes = 253;
inline constexpr std::size_t kMaxExclusions = 1000;
// Labels and capabilities of one runner together, so that a page of 100 runners fits a client's 4
// MiB.
inline constexpr std::size_t kMaxAttributeBytes = 16 * 1024;

// Collects every violation of a request, so that the caller learns of all at once.
// Thread-compatible.
class Violations {
 public:
  void Add(std::string field, std::string description);

  // OK when there are none, else InvalidArgument with all of them.
  absl::Status ToStatus() &&;

 private:
  std::vector<FieldViolation> violations_;
};

// Each function reads one field, adds what is wrong with it to `violations` and returns the value
// (of no use when something was wrong). Texts must be UTF-8 without NUL and other control
// characters.

std::string ReadName(std::string_view field, std::string_view text, Violations& violations);
Labels ReadLabels(std::string_view field, Labels labels, Violations& violations);
std::vector<std::string> ReadCapabilities(std::string_view field,
                                          std::vector<std::string> capabilities,
                                          Violations& violations);
// A prefix of a name: may be empty.
std::string ReadNamePrefix(std::string_view field, std::string_view text, Violations& violations);

template <typename Id>
std::optional<Id> ReadId(std::string_view field, std::string_view text, Violations& violations) {
  std::optional<Id> id = Id::Parse(text);
  if (!id) violations.Add(std::string(field), "must be a UUID");
  return id;
}

// Bytes of all keys, values and capabilities.
std::size_t AttributeBytes(const Labels& labels, const std::vector<std::string>& capabilities);

// Adds a violation when labels and capabilities together are over kMaxAttributeBytes.
void CheckAttributeBytes(const Labels& labels, const std::vector<std::string>& capabilities,
                         Violations& violations);

}  // namespace runners

#include "core/model/runner_rules.h"

#include <utility>

#include "core/support/ascii.h"
#include "core/support/utf8.h"

namespace runners {
namespace {

std::string Bytes(std::size_t min, std::size_t max) {
  if (min == 0) return "must be at most " + std::to_string(max) + " bytes";
  return "must be " + std::to_string(min) + " to " + std::to_string(max) + " bytes";
}

// Adds what is wrong with one text to `violations`.
void CheckText(const std::string& field, std::string_view text, std::size_t min, std::size_t max,
               Violations& violations) {
  if (text.size() < min || text.size() > max) {
    violations.Add(field, Bytes(min, max));
  } else if (!IsPlainUtf8(text)) {
    violations.Add(field, "must be UTF-8 without control characters");
  }
}

// A key as it may stand in an error: short and printable.
std::string Quoted(std::string_view key) {
  constexpr std::size_t kShown = 64;
  if (!IsPlainUtf8(key)) return "[...]";
  if (key.size() <= kShown) return "[\"" + std::string(key) + "\"]";
  return "[\"" + std::string(Utf8Prefix(key, kShown)) + "...\"]";
}

}  // namespace

void Violations::Add(std::string field, std::string description) {
  violations_.push_back({std::move(field), std::move(description)});
}

absl::Status Violations::ToStatus() && {
  if (violations_.empty()) return absl::OkStatus();
  return InvalidArgument(std::move(violations_));
}

std::string ReadName(std::string_view field, std::string_view text, Violations& violations) {
  const std::string name(Trimmed(text));
  if (name.empty()) {
    violations.Add(std::string(field), "must not be empty");
    return {};
  }
  CheckText(std::string(field), name, 1, kMaxNameBytes, violations);
  return name;
}

Labels ReadLabels(std::string_view field, Labels labels, Violations& violations) {
  const std::string path(field);
  if (labels.size() > kMaxLabels) {
    violations.Add(path, "must be at most " + std::to_string(kMaxLabels) + " labels");
  }
  for (const auto& [key, value] : labels) {
    CheckText(path + Quoted(key), key, 1, kMaxLabelKeyBytes, violations);
    CheckText(path + Quoted(key) + ".value", value, 0, kMaxLabelValueBytes, violations);
  }
  return labels;
}

std::vector<std::string> ReadCapabilities(std::string_view field,
                                          std::vector<std::string> capabilities,
                                          Violations& violations) {
  const std::string path(field);
  if (capabilities.size() > kMaxCapabilities) {
    violations.Add(path, "must be at most " + std::to_string(kMaxCapabilities) + " capabilities");
  }
  for (std::size_t i = 0; i < capabilities.size(); ++i) {
    CheckText(path + "[" + std::to_string(i) + "]", capabilities[i], 1, kMaxCapabilityBytes,
              violations);
  }
  return capabilities;
}

std::string ReadNamePrefix(std::string_view field, std::string_view text, Violations& violations) {
  CheckText(std::string(field), text, 0, kMaxNameBytes, violations);
  return std::string(text);
}

std::size_t AttributeBytes(const Labels& labels, const std::vector<std::string>& capabilities) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : labels) bytes += key.size() + value.size();
  for (const std::string& capability : capabilities) bytes += capability.size();
  return bytes;
}

void CheckAttributeBytes(const Labels& labels, const std::vector<std::string>& capabilities,
                         Violations& violations) {
  if (AttributeBytes(labels, capabilities) > kMaxAttributeBytes) {
    violations.Add("labels", "labels and capabilities together must be at most " +
                                 std::to_string(kMaxAttributeBytes) + " bytes");
  }
}

}  // namespace runners

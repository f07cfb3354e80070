#include "app/ctl/arguments.h"

#include <charconv>
#include <system_error>
#include <utility>

#include "core/support/status_macros.h"
#include "core/support/utf8.h"

namespace runners::ctl {
namespace {

absl::Status MustBe(std::string_view option, std::string_view what, std::string_view text) {
  return UsageFailure(std::string(option) + " must be " + std::string(what) + ", not " +
                      Shown(text));
}

}  // namespace

absl::StatusOr<std::string> ParseText(std::string_view option, std::string_view text) {
  if (!IsPlainUtf8(text)) return MustBe(option, "UTF-8 without control characters", text);
  return std::string(text);
}

absl::StatusOr<std::vector<std::string>> ParseTexts(std::string_view option,
                                                    const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    RUNNERS_RETURN_IF_ERROR(ParseText(option, text).status());
  }
  return texts;
}

absl::Status NotAUuid(std::string_view option, std::string_view text) {
  return MustBe(option, "a UUID", text);
}

absl::StatusOr<Labels> ParseLabels(std::string_view option, const std::vector<std::string>& pairs) {
  Labels labels;
  for (const std::string& pair : pairs) {
    RUNNERS_RETURN_IF_ERROR(ParseText(option, pair).status());
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) return MustBe(option, "KEY=VALUE", pair);
    const std::string key = pair.substr(0, equals);
    if (!labels.emplace(key, pair.substr(equals + 1)).second) {
      return UsageFailure(std::string(option) + " names the key " + Shown(key) + " twice");
    }
  }
  return labels;
}

absl::StatusOr<std::set<RunnerStatus>> ParseStatuses(std::string_view option,
                                                     const std::vector<std::string>& names) {
  std::set<RunnerStatus> statuses;
  for (const std::string& name : names) {
    const std::optional<RunnerStatus> status = ParseRunnerStatus(name);
    if (!status) return MustBe(option, "pending, enrolled or offline", name);
    statuses.insert(*status);
  }
  return statuses;
}

absl::StatusOr<Relation> ParseRelationArgument(std::string_view option, std::string_view text) {
  const std::optional<Relation> relation = ParseRelation(text);
  if (!relation) return MustBe(option, "admin, owner or member", text);
  return *relation;
}

absl::StatusOr<GrantObject> ParseObject(std::string_view option, std::string_view text) {
  std::optional<GrantObject> object = GrantObject::Parse(text);
  if (!object) return MustBe(option, "cluster:global or organization:UUID", text);
  return *std::move(object);
}

absl::StatusOr<absl::Duration> ParseDuration(std::string_view option, std::string_view text) {
  absl::Duration duration;
  if (!absl::ParseDuration(std::string(text), &duration) || duration <= absl::ZeroDuration() ||
      duration > absl::Hours(24)) {
    return MustBe(option, "a time like 500ms, 30s or 2m, and at most 24h", text);
  }
  return duration;
}

absl::StatusOr<std::size_t> ParseCount(std::string_view option, std::string_view text) {
  std::size_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || rest != end || count == 0) {
    return MustBe(option, "a whole number from 1", text);
  }
  return count;
}

absl::StatusOr<std::string> ParseAddress(std::string_view option, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (!IsPlainUtf8(text) || colon == std::string_view::npos || colon == 0 ||
      colon + 1 == text.size()) {
    return MustBe(option, "HOST:PORT", text);
  }
  return std::string(text);
}

absl::StatusOr<std::optional<std::string>> ParseEtag(std::string_view option,
                                                     const std::optional<std::string>& text) {
  if (!text) return std::optional<std::string>();
  if (text->empty()) return UsageFailure(std::string(option) + " must not be empty");
  RUNNERS_ASSIGN_OR_RETURN(std::string etag, ParseText(option, *text));
  return std::optional<std::string>(std::move(etag));
}

}  // namespace runners::ctl

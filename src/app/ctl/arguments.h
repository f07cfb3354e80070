#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "app/ctl/failure.h"
#include "runners/grant.h"
#include "runners/ids.h"
#include "runners/runner.h"

namespace runners::ctl {

// From what was typed to the vocabulary. `option` is what the user knows it by, such as "--org".
// Every error is a UsageFailure that names it. What the service judges (how long a name may be) is
// left to the service.

// UTF-8 without control characters: nothing else can be sent, or shown in an answer.
absl::StatusOr<std::string> ParseText(std::string_view option, std::string_view text);
absl::StatusOr<std::vector<std::string>> ParseTexts(std::string_view option,
                                                    const std::vector<std::string>& texts);

absl::Status NotAUuid(std::string_view option, std::string_view text);

template <typename Id>
absl::StatusOr<Id> ParseId(std::string_view option, std::string_view text) {
  std::optional<Id> id = Id::Parse(text);
  if (!id) return NotAUuid(option, text);
  return *std::move(id);
}

// Nothing for an option that was not given.
template <typename Id>
absl::StatusOr<std::optional<Id>> ParseOptionalId(std::string_view option,
                                                  const std::optional<std::string>& text) {
  if (!text) return std::optional<Id>();
  absl::StatusOr<Id> id = ParseId<Id>(option, *text);
  if (!id.ok()) return std::move(id).status();
  return std::optional<Id>(*std::move(id));
}

// "KEY=VALUE", each key once; the value may be empty and may hold more of "=".
absl::StatusOr<Labels> ParseLabels(std::string_view option, const std::vector<std::string>& pairs);

absl::StatusOr<std::set<RunnerStatus>> ParseStatuses(std::string_view option,
                                                     const std::vector<std::string>& names);

absl::StatusOr<Relation> ParseRelationArgument(std::string_view option, std::string_view text);
absl::StatusOr<GrantObject> ParseObject(std::string_view option, std::string_view text);

// A length of time with its unit ("500ms", "2m"), more than nothing and at most a day.
absl::StatusOr<absl::Duration> ParseDuration(std::string_view option, std::string_view text);

// A whole number, at least 1.
absl::StatusOr<std::size_t> ParseCount(std::string_view option, std::string_view text);

// HOST:PORT.
absl::StatusOr<std::string> ParseAddress(std::string_view option, std::string_view text);

// Nothing for an option that was not given; else not empty, which would stand for no condition.
absl::StatusOr<std::optional<std::string>> ParseEtag(std::string_view option,
                                                     const std::optional<std::string>& text);

}  // namespace runners::ctl

#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace runners {

// Returns `text` as a canonical RFC 4122 UUID (36 characters, lower case), or nothing when it is
// not one. ASCII white space around it is dropped and upper case accepted; the nil UUID is
// accepted.
std::optional<std::string> CanonicalUuid(std::string_view text);

// An id of one kind of thing: a canonical UUID that cannot be mistaken for the id of another kind.
// Immutable.
template <typename Tag>
class StrongId {
 public:
  // Nothing when `text` is not a UUID.
  static std::optional<StrongId> Parse(std::string_view text) {
    std::optional<std::string> canonical = CanonicalUuid(text);
    if (!canonical) return std::nullopt;
    return StrongId(*std::move(canonical));
  }

  // Canonical form: lower case with dashes.
  const std::string& text() const { return text_; }

  auto operator<=>(const StrongId&) const = default;
  bool operator==(const StrongId&) const = default;

 private:
  explicit StrongId(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

using RunnerId = StrongId<struct RunnerIdTag>;
using OrganizationId = StrongId<struct OrganizationIdTag>;
// A user, agent, runner or application of the platform; a runner's own identity has the text of its
// RunnerId.
using IdentityId = StrongId<struct IdentityIdTag>;
// Made by the caller of a change for that change and its repeats. Not the id the service gives each
// call for its log.
using RequestId = StrongId<struct RequestIdTag>;

}  // namespace runners

#include "adapters/grpc/caller_identity.h"

#include <string_view>

#include "core/support/error.h"

namespace runners::grpc_server {
namespace {

constexpr char kIdentityKey[] = "x-identity-id";

bool NeedsIdentity(CallerRule rule, Door door) {
  switch (rule) {
    case CallerRule::kIdentified:
    case CallerRule::kAdmin:
      return true;
    case CallerRule::kInternalOrIdentified:
    case CallerRule::kInternalOrAdmin:
      return door == Door::kGateway;
    case CallerRule::kServiceToken:
      return false;
  }
  return true;
}

absl::Status Unauthenticated(std::string_view message) {
  return MakeError(ErrorReason::kUnauthenticated, message);
}

}  // namespace

absl::StatusOr<std::optional<IdentityId>> CallerOf(const Metadata& metadata, CallerRule rule,
                                                   Door door) {
  if (rule == CallerRule::kServiceToken) return std::optional<IdentityId>();
  const auto [first, last] = metadata.equal_range(kIdentityKey);
  if (first == last) {
    if (NeedsIdentity(rule, door)) return Unauthenticated("x-identity-id is missing");
    return std::optional<IdentityId>();
  }
  if (std::next(first) != last) return Unauthenticated("x-identity-id must be given once");
  std::optional<IdentityId> id =
      IdentityId::Parse(std::string_view(first->second.data(), first->second.size()));
  if (!id) return Unauthenticated("x-identity-id must be a UUID");
  return id;
}

}  // namespace runners::grpc_server

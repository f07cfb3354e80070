#include "core/registry/legacy_runner.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/runner_rules.h"
#include "core/support/joined_parts.h"
#include "core/support/status_macros.h"

namespace runners {
namespace {

// In the place of a token's first characters, which nobody knows. Not hexadecimal, so that it
// cannot be taken for them.
constexpr char kPrefixOfUnknownToken[] = "imported";

constexpr std::size_t kMaxOverlayIdBytes = 64;

// The times a protobuf Timestamp can hold.
constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Sha256Digest ReadDigest(std::string_view text, Violations& violations) {
  Sha256Digest digest{};
  const bool fits = text.size() == 2 * digest.size() &&
                    std::all_of(text.begin(), text.end(), [](char c) { return HexValue(c) >= 0; });
  if (!fits) {
    violations.Add("service_token_hash", "must be 64 hex characters");
    return digest;
  }
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(16 * HexValue(text[2 * i]) + HexValue(text[2 * i + 1]));
  }
  return digest;
}

RunnerStatus ReadStatus(const LegacyRunner& legacy, Violations& violations) {
  const std::optional<RunnerStatus> status = StatusOf(legacy);
  if (!status) violations.Add("status", "must be pending, enrolled or offline");
  return status.value_or(RunnerStatus::kPending);
}

absl::Time ReadTime(const char* field, const std::optional<absl::Time>& time,
                    Violations& violations) {
  const bool fits = time && *time >= absl::FromUnixSeconds(kFirstSecond) &&
                    *time < absl::FromUnixSeconds(kLastSecond + 1);
  if (!fits) violations.Add(field, "must be a time of the years 1 to 9999");
  return time.value_or(absl::UnixEpoch());
}

// It becomes part of a URL.
void CheckOverlayId(const char* field, std::string_view id, Violations& violations) {
  const bool fits =
      id.size() <= kMaxOverlayIdBytes && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_' || c == '.';
      });
  if (!fits || id == "." || id == "..") violations.Add(field, "must be an id of OpenZiti");
}

void CheckOverlay(const LegacyRunner& legacy, Violations& violations) {
  CheckOverlayId("ziti_identity_id", legacy.overlay_identity_id, violations);
  CheckOverlayId("ziti_service_id", legacy.overlay_service_id, violations);
  const std::string& name = legacy.overlay_service_name;
  if (!name.empty() && name != OverlayServiceName(legacy.id)) {
    violations.Add("ziti_service_name", "must be runner-<id>: clients dial this name");
  }
}

std::optional<OrganizationId> ReadOrganization(const std::string& text, Violations& violations) {
  if (text.empty()) return std::nullopt;
  return ReadId<OrganizationId>("organization_id", text, violations);
}

Labels ReadLabelsOf(const LegacyRunner& legacy, Violations& violations) {
  if (legacy.labels) return ReadLabels("labels", *legacy.labels, violations);
  violations.Add("labels", "must be an object of strings");
  return {};
}

std::vector<std::string> ReadCapabilitiesOf(const LegacyRunner& legacy, Violations& violations) {
  if (legacy.capabilities) {
    return ReadCapabilities("capabilities", *legacy.capabilities, violations);
  }
  violations.Add("capabilities", "must be an array of strings");
  return {};
}

Sha256Digest DigestOf(const LegacyRunner& legacy, const Hasher& hasher) {
  JoinedParts all;
  for (const std::string* text :
       {&legacy.id.text(), &legacy.name, &legacy.organization_id, &legacy.identity_id,
        &legacy.service_token_hash, &legacy.status, &legacy.overlay_identity_id,
        &legacy.overlay_service_id, &legacy.overlay_service_name}) {
    all.Add(*text);
  }
  const Labels labels = legacy.labels.value_or(Labels());
  all.AddCount(labels.size());
  for (const auto& [key, value] : labels) all.Add(key).Add(value);
  for (const std::string& capability : legacy.capabilities.value_or(std::vector<std::string>())) {
    all.Add(capability);
  }
  return hasher.Sha256(all.text());
}

}  // namespace

std::optional<RunnerStatus> StatusOf(const LegacyRunner& legacy) {
  std::string name = legacy.status;
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return ParseRunnerStatus(name);
}

absl::StatusOr<ImportedRunner> ReadLegacyRunner(const LegacyRunner& legacy, Entropy& entropy,
                                                const Hasher& hasher) {
  Violations violations;
  Runner runner{legacy.id,
                ReadName("name", legacy.name, violations),
                ReadOrganization(legacy.organization_id, violations),
                ReadStatus(legacy, violations),
                ReadLabelsOf(legacy, violations),
                ReadCapabilitiesOf(legacy, violations),
                ReadTime("created_at", legacy.created_at, violations),
                ReadTime("updated_at", legacy.updated_at, violations),
                ""};
  CheckAttributeBytes(runner.labels, runner.capabilities, violations);
  if (!legacy.identity_id.empty() && legacy.identity_id != legacy.id.text()) {
    violations.Add("identity_id", "must be the id: a runner acts under its own id here");
  }
  CheckOverlay(legacy, violations);
  const Sha256Digest digest = ReadDigest(legacy.service_token_hash, violations);
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());

  if (legacy.overlay_identity_id.empty()) runner.status = RunnerStatus::kPending;
  return ImportedRunner{std::move(runner),
                        {entropy.NewUuid(), digest, kPrefixOfUnknownToken},
                        {legacy.overlay_service_id, legacy.overlay_identity_id},
                        entropy.NewUuid(),
                        DigestOf(legacy, hasher)};
}

}  // namespace runners

#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "runners/client.h"

namespace runners::ctl {

inline constexpr char kSampleId[] = "11111111-2222-4333-8444-555555555555";
inline constexpr char kSampleOrg[] = "7d3f1f8e-5c1b-4a57-9b57-0b8f6f1d2c11";
inline constexpr char kSampleToken[] =
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

inline absl::Time SampleTime() {
  return absl::FromCivil(absl::CivilSecond(2026, 1, 2, 3, 4, 5), absl::UTCTimeZone());
}

inline Runner SampleRunner(const std::string& name = "first") {
  return {.id = RunnerId::Parse(kSampleId).value(),
          .name = name,
          .organization_id = OrganizationId::Parse(kSampleOrg),
          .status = RunnerStatus::kEnrolled,
          .labels = {{"region", "eu"}, {"team", "ml"}},
          .capabilities = {"docker", "gpu"},
          .created_at = SampleTime(),
          .updated_at = SampleTime() + absl::Milliseconds(250),
          .etag = "e1"};
}

inline client::Registered SampleRegistered() {
  return {.runner = SampleRunner(), .service_token = kSampleToken};
}

inline Grant SampleGrant() {
  return {.identity_id = IdentityId::Parse(kSampleId).value(),
          .relation = Relation::kOwner,
          .object = GrantObject{OrganizationId::Parse(kSampleOrg)},
          .created_at = SampleTime()};
}

}  // namespace runners::ctl

#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"

#include "runners/client.h"

namespace runners::testing {

// What an answer says about a change. kLost: nobody knows, it may or may not have been made.
enum class Outcome { kAcknowledged, kRefused, kLost };

// A refusal names a reason; no answer, and a commit in doubt, leave it open.
Outcome OutcomeOf(const absl::Status& status);

// One runner as the client that registered it knows it: what the service has acknowledged, and what
// it may have done without an answer. Nobody else changes the runner, and while something is in
// doubt its client leaves it alone.
struct Story {
  Runner runner;      // as last answered
  std::string token;  // of the registration
  int edits = 0;      // version last asked for; it is in the name and in a label

  std::optional<client::EnrolledIdentity> identity{};  // last answered
  bool enrolled = false;                               // its status, whoever has the identity
  bool deleted = false;                                // acknowledged

  bool lost_edit = false;  // to version `edits`
  bool lost_enrollment = false;
  bool lost_deletion = false;

  bool in_doubt() const { return lost_edit || lost_enrollment || lost_deletion; }
};

// The attributes of version `version` of a runner; name and label must always agree.
std::string NameOfVersion(const std::string& base, int version);
Labels LabelsOfVersion(int version);

// Which version of `base` a runner has; nothing when it has not all of one.
std::optional<int> VersionOf(const Runner& runner, const std::string& base);

// The part of a runner's name that stays.
std::string BaseOf(const Runner& runner);

}  // namespace runners::testing

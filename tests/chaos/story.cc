#include "tests/chaos/story.h"

#include <cstddef>
#include <cstdlib>

namespace runners::testing {
namespace {

constexpr char kVersionLabel[] = "version";
constexpr char kMark = '#';

}  // namespace

Outcome OutcomeOf(const absl::Status& status) {
  if (status.ok()) return Outcome::kAcknowledged;
  const std::optional<ErrorReason> reason = client::FailureOf(status).reason;
  if (!reason || *reason == ErrorReason::kCommitInDoubt || *reason == ErrorReason::kInternal) {
    return Outcome::kLost;
  }
  return Outcome::kRefused;
}

std::string NameOfVersion(const std::string& base, int version) {
  return base + kMark + std::to_string(version);
}

Labels LabelsOfVersion(int version) {
  return {{kVersionLabel, std::to_string(version)}};
}

std::optional<int> VersionOf(const Runner& runner, const std::string& base) {
  const auto label = runner.labels.find(kVersionLabel);
  if (label == runner.labels.end()) return std::nullopt;
  const int version = std::atoi(label->second.c_str());
  if (runner.name != NameOfVersion(base, version)) return std::nullopt;
  return version;
}

std::string BaseOf(const Runner& runner) {
  return runner.name.substr(0, runner.name.find(kMark));
}

}  // namespace runners::testing

#include "core/selection/refusal.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/support/enumeration.h"
#include "core/support/error.h"
#include "core/support/utf8.h"

namespace runners {
namespace {

constexpr std::size_t kMaxMetadataBytes = 512;

// A required pair or capability, and how many of the considered runners meet it.
struct Constraint {
  std::string type;     // "LABEL" or "CAPABILITY"
  std::string word;     // "label" or "capability"
  std::string subject;  // "region=eu" or "gpu"
  std::int64_t met = 0;
};

std::int64_t CountOf(const std::map<std::string, std::int64_t>& counts, const std::string& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

std::string Shown(std::string_view text) {
  constexpr std::size_t kShown = 100;
  if (text.size() <= kShown) return std::string(text);
  return std::string(Utf8Prefix(text, kShown)) + "...";
}

std::vector<Constraint> ConstraintsOf(const Criteria& criteria, const ConstraintCounts& counts) {
  std::vector<Constraint> constraints;
  for (const auto& [key, value] : criteria.labels) {
    constraints.push_back(
        {"LABEL", "label", Shown(key) + "=" + Shown(value), CountOf(counts.labels, key)});
  }
  for (const std::string& capability : criteria.capabilities) {
    constraints.push_back(
        {"CAPABILITY", "capability", Shown(capability), CountOf(counts.capabilities, capability)});
  }
  return constraints;
}

std::string OfTotal(std::int64_t met, std::int64_t total) {
  return std::to_string(met) + " of " + std::to_string(total);
}

// The beginning and as many parts as a client takes.
std::string Sentence(std::string_view beginning, const std::vector<std::string>& parts,
                     std::string_view separator) {
  return std::string(beginning) + Enumerated(parts, separator, kMaxMessageBytes - beginning.size());
}

absl::Status Refuse(const std::string& sentence, const ConstraintCounts& counts,
                    std::vector<UnmetPrecondition> unmet) {
  ErrorDetail detail;
  detail.reason = ErrorReason::kNoRunnerQualifies;
  detail.metadata = {{"in_scope", std::to_string(counts.in_scope)},
                     {"enrolled", std::to_string(counts.enrolled)},
                     {"considered", std::to_string(counts.considered)}};
  std::vector<std::string> subjects;
  for (const UnmetPrecondition& one : unmet) {
    subjects.push_back(one.subject + ": " + one.description);
  }
  detail.metadata["unmet"] = Enumerated(subjects, "; ", kMaxMetadataBytes);
  detail.unmet = std::move(unmet);
  return MakeError(std::move(detail), sentence);
}

// Nobody is left to judge: there is no runner, none is enrolled, or all are excluded.
absl::Status RefuseScope(const ConstraintCounts& counts) {
  std::string sentence;
  std::string type = "SCOPE";
  if (counts.in_scope == 0) {
    sentence = "no runner is in scope";
  } else if (counts.enrolled == 0) {
    type = "STATUS";
    sentence = "no runner in scope is enrolled: 0 of " + std::to_string(counts.in_scope);
  } else {
    type = "EXCLUSION";
    sentence = "every enrolled runner in scope is excluded: " + std::to_string(counts.enrolled) +
               " of " + std::to_string(counts.enrolled);
  }
  return Refuse(sentence, counts, {{type, "runners", sentence}});
}

std::vector<UnmetPrecondition> Preconditions(const std::vector<Constraint>& constraints,
                                             std::int64_t total) {
  std::vector<UnmetPrecondition> unmet;
  for (const Constraint& one : constraints) {
    unmet.push_back({one.type, one.subject, OfTotal(one.met, total)});
  }
  return unmet;
}

}  // namespace

bool SomeoneQualifies(const Criteria& criteria, const ConstraintCounts& counts) {
  if (counts.considered == 0) return false;
  for (const Constraint& one : ConstraintsOf(criteria, counts)) {
    if (one.met < counts.considered) return false;
  }
  return true;
}

absl::Status RefusalOf(const Criteria& criteria, const ConstraintCounts& counts) {
  if (counts.considered == 0) return RefuseScope(counts);

  const std::vector<Constraint> all = ConstraintsOf(criteria, counts);
  std::vector<Constraint> met_by_none;
  for (const Constraint& one : all) {
    if (one.met == 0) met_by_none.push_back(one);
  }
  if (!met_by_none.empty()) {
    std::vector<std::string> parts;
    for (const Constraint& one : met_by_none) {
      parts.push_back(one.word + " " + one.subject + ": " + OfTotal(one.met, counts.considered));
    }
    return Refuse(Sentence("no runner qualifies: ", parts, "; "), counts,
                  Preconditions(met_by_none, counts.considered));
  }

  // Each is met by some. A constraint every runner meets stands in nobody's way and is not named.
  std::vector<Constraint> narrowing;
  for (const Constraint& one : all) {
    if (one.met < counts.considered) narrowing.push_back(one);
  }
  std::vector<std::string> parts;
  for (const Constraint& one : narrowing) {
    parts.push_back(one.subject + " (" + OfTotal(one.met, counts.considered) + ")");
  }
  return Refuse(Sentence("no runner has all of: ", parts, ", "), counts,
                Preconditions(narrowing, counts.considered));
}

}  // namespace runners

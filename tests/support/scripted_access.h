#pragma once

#include <vector>

#include "core/ports/access.h"

namespace runners::testing {

// Answers every question with what the test says. Thread-compatible.
class ScriptedAccess final : public AccessChecker {
 public:
  absl::StatusOr<CallerAccess> answer = CallerAccess{};
  std::vector<IdentityId> asked;

  absl::StatusOr<CallerAccess> AccessOf(const Call&, const IdentityId& identity) override {
    asked.push_back(identity);
    return answer;
  }
};

}  // namespace runners::testing

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ports/fault_points.h"
#include "core/ports/overlay.h"

namespace runners::testing {

// What happened, in order: "begin", "issue", "enroll.completed" ...
using Journal = std::vector<std::string>;

// Answers what the test says and notes every call with its deadline. Thread-compatible.
class ScriptedOverlay final : public Overlay {
 public:
  // `journal` must outlive this.
  explicit ScriptedOverlay(Journal& journal) : journal_(journal) {}

  absl::Status configured;
  absl::Status adopted;
  absl::Status ensured;
  absl::StatusOr<IssuedIdentity> issued = IssuedIdentity{"overlay-id", Secret("identity file")};
  absl::StatusOr<Removal> removed = Removal::kRemoved;

  std::vector<InheritedObjects> adopted_objects;
  std::vector<RunnerId> ensured_runners;
  std::vector<IdentityKey> keys;  // of IssueIdentity, and without attempt of RemoveIdentity
  std::vector<std::optional<std::string>> requests;  // of IssueIdentity
  std::vector<RunnerId> removed_runners;
  std::vector<absl::Time> deadlines;

  absl::Status Configured() const override { return configured; }

  absl::Status Adopt(const RunnerId&, const InheritedObjects& inherited,
                     absl::Time deadline) override {
    Note("adopt", deadline);
    adopted_objects.push_back(inherited);
    return adopted;
  }
  absl::Status EnsureRunner(const RunnerId& runner, absl::Time deadline) override {
    Note("ensure", deadline);
    ensured_runners.push_back(runner);
    return ensured;
  }
  absl::StatusOr<IssuedIdentity> IssueIdentity(
      const IdentityKey& key, const std::optional<std::string>& certificate_request,
      absl::Time deadline) override {
    Note("issue", deadline);
    keys.push_back(key);
    requests.push_back(certificate_request);
    return issued;
  }
  absl::StatusOr<Removal> RemoveIdentity(const RunnerId& runner, std::int64_t generation,
                                         absl::Time deadline) override {
    Note("remove identity", deadline);
    keys.push_back({runner, generation, ""});
    return removed;
  }
  absl::StatusOr<Removal> RemoveRunner(const RunnerId& runner, absl::Time deadline) override {
    Note("remove runner", deadline);
    removed_runners.push_back(runner);
    return removed;
  }

 private:
  void Note(const char* what, absl::Time deadline) {
    journal_.emplace_back(what);
    deadlines.push_back(deadline);
  }

  Journal& journal_;
};

// Notes the points that are reached. Thread-compatible.
class NotedFaultPoints final : public FaultPoints {
 public:
  // `journal` must outlive this.
  explicit NotedFaultPoints(Journal& journal) : journal_(journal) {}

  void Reach(std::string_view point) override { journal_.emplace_back(point); }

 private:
  Journal& journal_;
};

}  // namespace runners::testing

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"

#include "core/ports/clock.h"
#include "core/ports/overlay.h"
#include "core/support/error.h"
#include "core/support/mutex.h"

namespace runners::testing {

// Kinds of objects an overlay has names for.
enum class OverlayObject { kService, kPolicy, kIdentity };

// The Overlay port in memory, with the same promises (tests/contract/overlay holds both to them),
// for tests of what uses it. Its identity files are JSON of the right shape around made-up text:
// there is no controller they could log in at. Thread-safe.
class FakeOverlay final : public Overlay {
 public:
  // `clock` must outlive this.
  explicit FakeOverlay(const Clock& clock) : clock_(clock) {}

  absl::Status Configured() const override;
  absl::Status Adopt(const RunnerId& runner, const InheritedObjects& inherited,
                     absl::Time deadline) override;
  absl::Status EnsureRunner(const RunnerId& runner, absl::Time deadline) override;
  absl::StatusOr<IssuedIdentity> IssueIdentity(
      const IdentityKey& key, const std::optional<std::string>& certificate_request,
      absl::Time deadline) override;
  absl::StatusOr<Removal> RemoveIdentity(const RunnerId& runner, std::int64_t generation,
                                         absl::Time deadline) override;
  absl::StatusOr<Removal> RemoveRunner(const RunnerId& runner, absl::Time deadline) override;

  // From now on every call fails with this reason and has no effect; ComeBack ends it.
  void FailWith(ErrorReason reason);
  // FailWith(kOverlayUnavailable): the controller is away.
  void GoAway() { FailWith(ErrorReason::kOverlayUnavailable); }
  void ComeBack();

  // From now on every call takes so long. One that would end after its deadline has its effect and
  // answers kOverlayUnavailable at once: nobody waits here.
  void AnswerAfter(absl::Duration duration);

  // The next call has its effect and answers kOverlayUnavailable.
  void LoseNextAnswer();

  // Puts an object of that name there which is not ours; its id.
  std::string PlantForeign(OverlayObject kind, const std::string& name);

  // Names of all objects of a kind, ours and foreign.
  std::set<std::string> Names(OverlayObject kind) const;

  // Whether an identity the fake issued still exists.
  bool IsAlive(const std::string& overlay_id) const;

  // Calls of the port so far.
  int calls() const;

 private:
  struct Object {
    std::string id;
    std::string owner;       // runner id; empty: foreign
    std::string attempt_id;  // identities
  };
  using Objects = std::map<std::string, Object>;  // by name

  absl::Status Arrive() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Leave(absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Ensure(OverlayObject kind, const std::string& name, const RunnerId& runner)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Removal> Remove(OverlayObject kind, const std::string& name,
                                 const RunnerId& runner) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Removal> RemoveAll(const RunnerId& runner) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string NextId() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<OverlayObject, Objects> objects_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  absl::Duration answer_time_ ABSL_GUARDED_BY(mutex_);
  int answers_to_lose_ ABSL_GUARDED_BY(mutex_) = 0;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int ids_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace runners::testing

#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/time/clock.h"

#include "core/support/mutex.h"
#include "tests/support/fake_overlay.h"
#include "tests/support/forwarding_overlay.h"
#include "tests/support/rpc_rig.h"

namespace runners::testing {

// An overlay whose identities come when the test says so, or fail when their deadline is reached,
// as a slow controller's do. Thread-safe.
class GatedOverlay final : public ForwardingOverlay {
 public:
  using ForwardingOverlay::ForwardingOverlay;

  absl::StatusOr<IssuedIdentity> IssueIdentity(
      const IdentityKey& key, const std::optional<std::string>& certificate_request,
      absl::Time deadline) override {
    if (!Pass(deadline)) {
      return MakeError(ErrorReason::kOverlayUnavailable, "the controller did not answer in time");
    }
    return ForwardingOverlay::IssueIdentity(key, certificate_request, deadline);
  }

  // From now on who asks for an identity waits; Open lets all of them, and whoever comes, pass.
  void Close() {
    const MutexLock lock(mutex_);
    closed_ = true;
  }
  void Open() {
    const MutexLock lock(mutex_);
    closed_ = false;
    moved_.NotifyAll();
  }

  // Returns once so many wait, or half a minute later: false.
  bool AwaitWaiting(int count) {
    const absl::Time limit = absl::Now() + absl::Seconds(30);
    const MutexLock lock(mutex_);
    while (waiting_ < count && absl::Now() < limit) WaitUntil(limit);
    return waiting_ >= count;
  }

 private:
  bool Pass(absl::Time deadline) {
    const MutexLock lock(mutex_);
    ++waiting_;
    moved_.NotifyAll();
    while (closed_ && absl::Now() < deadline) WaitUntil(deadline);
    --waiting_;
    return !closed_;
  }

  void WaitUntil(absl::Time limit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    moved_.WaitFor(mutex_, absl::ToChronoNanoseconds(limit - absl::Now()));
  }

  Mutex mutex_;
  CondVar moved_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
};

// A service over such an overlay. The overlay is open at first, and opens again at the end so that
// nobody waits on.
struct GatedRig {
  explicit GatedRig(ReplicaLimits limits = {}) : rig(gate, limits) {}
  ~GatedRig() { gate.Open(); }

  system::SystemClock clock;
  FakeOverlay fake{clock};
  GatedOverlay gate{fake};
  RpcRig rig;
};

}  // namespace runners::testing

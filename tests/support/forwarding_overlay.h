#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "core/ports/overlay.h"

namespace runners::testing {

// An overlay in front of another: passes everything on. A test derives from it and overrides what
// is to go otherwise. Thread-safe when the one behind is.
class ForwardingOverlay : public Overlay {
 public:
  // `behind` must outlive this.
  explicit ForwardingOverlay(Overlay& behind) : behind_(&behind) {}

  // Another one is behind it from the next call on.
  void Redirect(Overlay& behind) { behind_ = &behind; }

  absl::Status Configured() const override { return behind().Configured(); }
  absl::Status Adopt(const RunnerId& runner, const InheritedObjects& inherited,
                     absl::Time deadline) override {
    return behind().Adopt(runner, inherited, deadline);
  }
  absl::Status EnsureRunner(const RunnerId& runner, absl::Time deadline) override {
    return behind().EnsureRunner(runner, deadline);
  }
  absl::StatusOr<IssuedIdentity> IssueIdentity(
      const IdentityKey& key, const std::optional<std::string>& certificate_request,
      absl::Time deadline) override {
    return behind().IssueIdentity(key, certificate_request, deadline);
  }
  absl::StatusOr<Removal> RemoveIdentity(const RunnerId& runner, std::int64_t generation,
                                         absl::Time deadline) override {
    return behind().RemoveIdentity(runner, generation, deadline);
  }
  absl::StatusOr<Removal> RemoveRunner(const RunnerId& runner, absl::Time deadline) override {
    return behind().RemoveRunner(runner, deadline);
  }

 private:
  Overlay& behind() const { return *behind_; }

  std::atomic<Overlay*> behind_;
};

}  // namespace runners::testing

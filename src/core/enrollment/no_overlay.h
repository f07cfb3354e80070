#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/ports/overlay.h"
#include "core/support/error.h"

namespace runners {

// The overlay of a server that has none: everything else works, enrolling does not. Immutable.
class NoOverlay final : public Overlay {
 public:
  absl::Status Configured() const override {
    return MakeError(ErrorReason::kOverlayNotConfigured,
                     "this server is not connected to an OpenZiti controller and cannot enroll "
                     "runners; an operator must set its ZITI_ settings");
  }
  absl::Status Adopt(const RunnerId&, const InheritedObjects&, absl::Time) override {
    return Configured();
  }
  absl::Status EnsureRunner(const RunnerId&, absl::Time) override { return Configured(); }
  absl::StatusOr<IssuedIdentity> IssueIdentity(const IdentityKey&,
                                               const std::optional<std::string>&,
                                               absl::Time) override {
    return Configured();
  }
  absl::StatusOr<Removal> RemoveIdentity(const RunnerId&, std::int64_t, absl::Time) override {
    return Configured();
  }
  absl::StatusOr<Removal> RemoveRunner(const RunnerId&, absl::Time) override {
    return Configured();
  }
};

}  // namespace runners

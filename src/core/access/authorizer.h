#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "core/ports/access.h"
#include "core/ports/call.h"
#include "core/ports/runner_store.h"
#include "runners/ids.h"
#include "runners/runner.h"

namespace runners {

// Whether a caller may use a resource. An internal call may; everybody else by the grants.
// Thread-safe. Errors besides those named: those of AccessChecker.
class Authorizer {
 public:
  // `access` must outlive this.
  explicit Authorizer(AccessChecker& access) : access_(access) {}

  // Errors: kPermissionDenied unless internal or cluster admin.
  absl::Status RequireClusterAdmin(const Call& call) const;

  // May register in, or write to, this scope: cluster admin, or owner of the organization.
  // Errors: kPermissionDenied.
  absl::Status RequireWriter(const Call& call,
                             const std::optional<OrganizationId>& organization) const;

  // May read of this organization: member, owner or cluster admin. Errors: kPermissionDenied.
  absl::Status RequireMember(const Call& call, const OrganizationId& organization) const;

  // Errors: kRunnerNotFound when the caller cannot see the runner, so that its existence stays
  // private.
  absl::Status RequireVisible(const Call& call, const Runner& runner) const;

  // Errors: kRunnerNotFound when it is not visible, kPermissionDenied when it is but may not be
  // written.
  absl::Status RequireWritable(const Call& call, const Runner& runner) const;

  absl::StatusOr<Visibility> VisibilityOf(const Call& call) const;

 private:
  AccessChecker& access_;
};

// The errors every use case answers with.
absl::Status RunnerNotFound();
absl::Status PermissionDenied();

}  // namespace runners

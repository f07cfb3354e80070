#include "core/access/authorizer.h"

#include <utility>

#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners {
namespace {

bool MayRead(const CallerAccess& access, const std::optional<OrganizationId>& organization) {
  return access.cluster_admin || !organization || access.owner_of.contains(*organization) ||
         access.member_of.contains(*organization);
}

bool MayWrite(const CallerAccess& access, const std::optional<OrganizationId>& organization) {
  return access.cluster_admin || (organization && access.owner_of.contains(*organization));
}

}  // namespace

absl::Status RunnerNotFound() {
  return MakeError(ErrorReason::kRunnerNotFound, "runner not found");
}

absl::Status PermissionDenied() {
  return MakeError(ErrorReason::kPermissionDenied, "permission denied");
}

absl::Status Authorizer::RequireClusterAdmin(const Call& call) const {
  if (call.internal()) return absl::OkStatus();
  RUNNERS_ASSIGN_OR_RETURN(const CallerAccess access, access_.AccessOf(call, *call.caller));
  return access.cluster_admin ? absl::OkStatus() : PermissionDenied();
}

absl::Status Authorizer::RequireWriter(const Call& call,
                                       const std::optional<OrganizationId>& organization) const {
  if (call.internal()) return absl::OkStatus();
  RUNNERS_ASSIGN_OR_RETURN(const CallerAccess access, access_.AccessOf(call, *call.caller));
  return MayWrite(access, organization) ? absl::OkStatus() : PermissionDenied();
}

absl::Status Authorizer::RequireMember(const Call& call, const OrganizationId& organization) const {
  if (call.internal()) return absl::OkStatus();
  RUNNERS_ASSIGN_OR_RETURN(const CallerAccess access, access_.AccessOf(call, *call.caller));
  return MayRead(access, organization) ? absl::OkStatus() : PermissionDenied();
}

absl::Status Authorizer::RequireVisible(const Call& call, const Runner& runner) const {
  if (call.internal() || !runner.organization_id) return absl::OkStatus();
  RUNNERS_ASSIGN_OR_RETURN(const CallerAccess access, access_.AccessOf(call, *call.caller));
  return MayRead(access, runner.organization_id) ? absl::OkStatus() : RunnerNotFound();
}

absl::Status Authorizer::RequireWritable(const Call& call, const Runner& runner) const {
  if (call.internal()) return absl::OkStatus();
  RUNNERS_ASSIGN_OR_RETURN(const CallerAccess access, access_.AccessOf(call, *call.caller));
  if (!MayRead(access, runner.organization_id)) return RunnerNotFound();
  return MayWrite(access, runner.organization_id) ? absl::OkStatus() : PermissionDenied();
}

absl::StatusOr<Visibility> Authorizer::VisibilityOf(const Call& call) const {
  if (call.internal()) return Visibility{.everything = true, .organizations = {}};
  RUNNERS_ASSIGN_OR_RETURN(CallerAccess access, access_.AccessOf(call, *call.caller));
  Visibility visibility;
  visibility.everything = access.cluster_admin;
  visibility.organizations = std::move(access.owner_of);
  visibility.organizations.merge(access.member_of);
  return visibility;
}

}  // namespace runners

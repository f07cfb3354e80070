#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/ctl/arguments.h"
#include "app/ctl/commands.h"
#include "app/ctl/options.h"
#include "core/support/status_macros.h"

namespace runners::ctl {
namespace {

constexpr char kObjectWords[] = "cluster:global or organization:UUID";

struct GrantOptions {
  std::string identity;
  std::string relation;
  std::string object;
};

void DeclareGrant(CLI::App& command, GrantOptions& options) {
  DeclareRequired(command, "IDENTITY", options.identity, "UUID", "who");
  DeclareRequired(command, "RELATION", options.relation, "NAME", "admin, owner or member");
  DeclareRequired(command, "OBJECT", options.object, "OBJECT", kObjectWords);
}

// With the time left out: it is the service's to say.
absl::StatusOr<Grant> GrantOf(const GrantOptions& options) {
  RUNNERS_ASSIGN_OR_RETURN(IdentityId identity, ParseId<IdentityId>("IDENTITY", options.identity));
  RUNNERS_ASSIGN_OR_RETURN(const Relation relation,
                           ParseRelationArgument("RELATION", options.relation));
  RUNNERS_ASSIGN_OR_RETURN(GrantObject object, ParseObject("OBJECT", options.object));
  return Grant{.identity_id = std::move(identity),
               .relation = relation,
               .object = std::move(object),
               .created_at = absl::UnixEpoch()};
}

absl::Status Give(const GrantOptions& options, const Session& session) {
  RUNNERS_ASSIGN_OR_RETURN(const Grant grant, GrantOf(options));
  RUNNERS_RETURN_IF_ERROR(
      session.service.PutGrant(grant.identity_id, grant.relation, grant.object));
  session.printer.PrintGrantChange(GrantChange::kGranted, grant);
  return absl::OkStatus();
}

absl::Status Revoke(const GrantOptions& options, const Session& session) {
  RUNNERS_ASSIGN_OR_RETURN(const Grant grant, GrantOf(options));
  RUNNERS_RETURN_IF_ERROR(
      session.service.DeleteGrant(grant.identity_id, grant.relation, grant.object));
  session.printer.PrintGrantChange(GrantChange::kRevoked, grant);
  return absl::OkStatus();
}

struct GrantsOptions {
  std::optional<std::string> holder;
  std::optional<std::string> object;
};

void DeclareGrants(CLI::App& command, GrantsOptions& options) {
  DeclareOptional(command, "--holder", options.holder, "UUID", "only those of this identity");
  DeclareOptional(command, "--object", options.object, "OBJECT",
                  std::string("only those to this object: ") + kObjectWords);
}

absl::Status ListGrants(const GrantsOptions& options, const Session& session) {
  client::GrantFilter filter;
  RUNNERS_ASSIGN_OR_RETURN(filter.identity_id,
                           ParseOptionalId<IdentityId>("--holder", options.holder));
  if (options.object) {
    RUNNERS_ASSIGN_OR_RETURN(filter.object, ParseObject("--object", *options.object));
  }
  RUNNERS_ASSIGN_OR_RETURN(const std::vector<Grant> grants, session.service.ListAllGrants(filter));
  session.printer.PrintGrants(grants);
  return absl::OkStatus();
}

}  // namespace

void AddGrantCommands(Commands& commands) {
  AddCommand(commands, "grant", "Let an identity be admin, owner or member.", DeclareGrant, Give);
  AddCommand(commands, "revoke", "Take a grant back.", DeclareGrant, Revoke);
  AddCommand(commands, "grants", "List grants, the oldest first.", DeclareGrants, ListGrants);
}

}  // namespace runners::ctl

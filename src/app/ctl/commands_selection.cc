#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/ctl/arguments.h"
#include "app/ctl/commands.h"
#include "app/ctl/options.h"
#include "core/support/status_macros.h"

namespace runners::ctl {
namespace {

struct SelectOptions {
  std::string organization;
  AttributeOptions attributes;
  std::vector<std::string> excluded;
  bool count = false;
};

void DeclareSelect(CLI::App& command, SelectOptions& options) {
  DeclareRequired(command, "--org", options.organization, "UUID",
                  "the organization the workload is of");
  DeclareAttributes(command, options.attributes);
  DeclareRepeatable(command, "--exclude", options.excluded, "UUID", "a runner not to pick");
  command.add_flag("--count", options.count, "also say how many runners qualify");
}

absl::StatusOr<Criteria> CriteriaOf(const SelectOptions& options) {
  RUNNERS_ASSIGN_OR_RETURN(OrganizationId organization,
                           ParseId<OrganizationId>("--org", options.organization));
  RUNNERS_ASSIGN_OR_RETURN(Labels labels, ParseLabels("--label", options.attributes.labels));
  RUNNERS_ASSIGN_OR_RETURN(const std::vector<std::string> capabilities,
                           ParseTexts("--capability", options.attributes.capabilities));
  std::set<RunnerId> excluded;
  for (const std::string& id : options.excluded) {
    RUNNERS_ASSIGN_OR_RETURN(RunnerId runner, ParseId<RunnerId>("--exclude", id));
    excluded.insert(std::move(runner));
  }
  return Criteria{.organization_id = std::move(organization),
                  .labels = std::move(labels),
                  .capabilities = {capabilities.begin(), capabilities.end()},
                  .excluded = std::move(excluded)};
}

absl::Status Select(const SelectOptions& options, const Session& session) {
  RUNNERS_ASSIGN_OR_RETURN(const Criteria criteria, CriteriaOf(options));
  const auto count =
      options.count ? client::CandidateCount::kWanted : client::CandidateCount::kNotWanted;
  RUNNERS_ASSIGN_OR_RETURN(const client::Selected selected,
                           session.service.Select(criteria, count));
  session.printer.PrintSelected(selected);
  return absl::OkStatus();
}

}  // namespace

void AddSelectionCommands(Commands& commands) {
  AddCommand(commands, "select", "Pick one of the enrolled runners that qualify for a workload.",
             DeclareSelect, Select);
}

}  // namespace runners::ctl

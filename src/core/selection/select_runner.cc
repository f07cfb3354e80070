#include "core/selection/select_runner.h"

#include <utility>

#include "core/selection/refusal.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners {

absl::StatusOr<SelectedRunner> SelectRunner::Run(const Call& call, const Criteria& criteria,
                                                 Counting counting) {
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireMember(call, criteria.organization_id));
  constexpr int kDraws = 3;  // a runner that comes between draw and counting is drawn for once more
  for (int i = 0; i < kDraws; ++i) {
    RUNNERS_ASSIGN_OR_RETURN(Draw draw, index_.DrawOne(call, criteria, counting));
    if (draw.runner) return SelectedRunner{*std::move(draw.runner), draw.candidate_count};
    RUNNERS_ASSIGN_OR_RETURN(const ConstraintCounts counts,
                             index_.CountConstraints(call, criteria));
    if (!SomeoneQualifies(criteria, counts)) return RefusalOf(criteria, counts);
  }
  return MakeError(ErrorReason::kConcurrentUpdate, "the fleet kept changing while it was asked");
}

}  // namespace runners

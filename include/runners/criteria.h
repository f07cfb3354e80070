#pragma once

#include <set>
#include <string>
#include <vector>

#include "runners/ids.h"
#include "runners/runner.h"

namespace runners {

// What a workload asks of its runner. In scope are the organization's runners and all
// cluster-scoped ones.
struct Criteria {
  OrganizationId organization_id;
  Labels labels;                       // every pair must be on the runner with exactly this value
  std::set<std::string> capabilities;  // every one must be in the runner's list
  std::set<RunnerId> excluded;         // never drawn; unknown ids do no harm
};

}  // namespace runners

#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "core/access/authorizer.h"
#include "core/model/page_token.h"
#include "core/ports/call.h"
#include "core/ports/runner_store.h"

namespace runners {

// Which runners to list; conditions are joined by AND.
struct ListRunnersRequest {
  std::optional<OrganizationId>
      organization_id;              // that organization's runners and all cluster-scoped ones
  std::set<RunnerStatus> statuses;  // empty: any
  Labels labels;
  std::set<std::string> capabilities;
  std::string name_prefix;
  int page_size = 0;  // <= 0: 50; > 100: 100
  std::string page_token;
};

struct RunnerPage {
  std::vector<Runner> runners;  // by (created_at, id)
  std::string next_page_token;  // empty: the last page
};

// Lists what the caller may see, page by page; pages are full but for the last. Thread-safe.
class ListRunners {
 public:
  // Everything given must outlive this.
  ListRunners(const Authorizer& authorizer, RunnerStore& store, const PageTokenSealer& sealer)
      : authorizer_(authorizer), store_(store), sealer_(sealer) {}

  // Errors: kPermissionDenied (an organization that is not the caller's), kInvalidPageToken, those
  // of RunnerStore.
  absl::StatusOr<RunnerPage> Run(const Call& call, const ListRunnersRequest& request);

 private:
  const Authorizer& authorizer_;
  RunnerStore& store_;
  const PageTokenSealer& sealer_;
};

}  // namespace runners

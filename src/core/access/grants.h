#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "core/access/authorizer.h"
#include "core/model/page_token.h"
#include "core/model/runner_rules.h"
#include "core/ports/access.h"
#include "core/ports/call.h"

namespace runners {

struct ListGrantsRequest {
  std::optional<GrantObject> object;
  std::optional<IdentityId> identity_id;
  int page_size = 0;  // <= 0: 50; > 100: 100
  std::string page_token;
};

struct GrantPage {
  std::vector<Grant> grants;
  std::string next_page_token;  // empty: the last page
};

// Adds a violation when the relation does not exist on that kind of object: `admin` is of the
// cluster, `owner` and `member` are of organizations.
void CheckRelation(const Grant& grant, Violations& violations);

// Who may do what, as cluster admins keep it. Thread-safe. Errors of every method:
// kPermissionDenied for anyone else, and those of the stores.
class Grants {
 public:
  // Everything given must outlive this.
  Grants(const Authorizer& authorizer, GrantStore& store, const PageTokenSealer& sealer)
      : authorizer_(authorizer), store_(store), sealer_(sealer) {}

  // Idempotent.
  absl::Status Put(const Call& call, const Grant& grant);

  // Errors: kGrantNotFound.
  absl::Status Delete(const Call& call, const Grant& grant);

  // Errors: kInvalidPageToken.
  absl::StatusOr<GrantPage> List(const Call& call, const ListGrantsRequest& request);

 private:
  const Authorizer& authorizer_;
  GrantStore& store_;
  const PageTokenSealer& sealer_;
};

}  // namespace runners

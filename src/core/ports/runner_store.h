#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/ports/call.h"
#include "core/ports/crypto.h"
#include "runners/ids.h"
#include "runners/runner.h"

namespace runners {

// A service token as it is stored: never the token itself.
struct TokenRecord {
  std::string id;       // UUID
  Sha256Digest digest;  // of the token's 64 ASCII characters
  std::string prefix;   // the first 8 characters, for people to tell tokens apart
};

// What a registration that may be repeated is known by, beside its caller.
struct RegisterKey {
  RequestId id;
  Sha256Digest digest;  // of all that was asked for
};

// A runner about to be registered.
struct NewRunner {
  RunnerId id;
  std::string name;
  std::optional<OrganizationId> organization_id;
  Labels labels;
  std::vector<std::string> capabilities;
  TokenRecord token;
  std::optional<RegisterKey> request = std::nullopt;  // only of a call with a caller
};

// An edit. What is absent stays as it is; what is present replaces.
struct RunnerEdit {
  RunnerId id;
  std::optional<std::string> name;
  std::optional<Labels> labels;
  std::optional<std::vector<std::string>> capabilities;
  std::optional<std::string>
      expected_etag;  // present: the edit applies only while the runner has this etag
};

// Which runners a caller may see.
struct Visibility {
  bool everything = false;                 // cluster admins and internal callers
  std::set<OrganizationId> organizations;  // otherwise: these and all cluster-scoped runners
};

// Where a page of a list starts: strictly after this runner.
struct RunnerCursor {
  absl::Time created_at;
  RunnerId id;

  bool operator==(const RunnerCursor&) const = default;
};

// A list query; conditions are joined by AND.
struct RunnerQuery {
  Visibility visibility;
  std::optional<OrganizationId>
      organization_id;                 // that organization's runners and all cluster-scoped ones
  std::set<RunnerStatus> statuses;     // empty: any
  Labels labels;                       // all of them
  std::set<std::string> capabilities;  // all of them
  std::string name_prefix;             // case-sensitive; empty: any
  std::optional<RunnerCursor> after;
  int limit = 50;  // 1 to 101
};

// Runners, their tokens and what must change with them, each method one transaction. A deleted
// runner is gone for every method. Every change writes its audit row (who and why from `call`) in
// the same transaction.
//
// Errors of every method: kDatabaseUnavailable, kLockTimeout, kStatementTimeout, kConcurrentUpdate;
// of those that write also kCommitInDoubt (the change may or may not have been made: never retried
// here). Thread-safe.
class RunnerStore {
 public:
  virtual ~RunnerStore() = default;

  // Inserts the runner (status pending), its token, for an org-scoped one its `member` grant, and
  // the overlay work that makes its service and policy. When the caller has used `request` before,
  // the answer is the runner of then as it is now: it gets the token, and the tokens that request
  // gave it are revoked. Errors: kRequestIdUsed (that runner, named in metadata runner_id, is not
  // pending or deleted, or the digest is another; nothing changed).
  virtual absl::StatusOr<Runner> Register(const Call& call, const NewRunner& runner) = 0;

  virtual absl::StatusOr<std::optional<Runner>> Get(const Call& call, const RunnerId& id) = 0;

  // Ordered by (created_at, id), at most `query.limit`.
  virtual absl::StatusOr<std::vector<Runner>> List(const Call& call, const RunnerQuery& query) = 0;

  // Returns the runner as it is afterwards. An edit that changes nothing moves neither etag nor
  // updated_at. Errors: kRunnerNotFound; kEtagMismatch (nothing changed); kInvalidArgument when
  // labels and capabilities together would exceed their bound.
  virtual absl::StatusOr<Runner> Update(const Call& call, const RunnerEdit& edit) = 0;

  // Leaves a tombstone, revokes the tokens, takes back the `member` grant and queues the removal of
  // everything in the overlay. Errors: kRunnerNotFound; kEtagMismatch (nothing changed).
  virtual absl::Status Delete(const Call& call, const RunnerId& id,
                              const std::optional<std::string>& expected_etag) = 0;

  // The runner a live service token belongs to.
  virtual absl::StatusOr<std::optional<Runner>> FindByToken(const Call& call,
                                                            const Sha256Digest& digest) = 0;
};

}  // namespace runners

#pragma once

#include "absl/status/statusor.h"

#include "core/access/authorizer.h"
#include "core/ports/call.h"
#include "core/ports/crypto.h"
#include "core/ports/runner_store.h"
#include "core/support/secret.h"

namespace runners {

// Reads one runner, by id or by its service token. Thread-safe.
class GetRunner {
 public:
  // Everything given must outlive this.
  GetRunner(const Authorizer& authorizer, RunnerStore& store, const Hasher& hasher)
      : authorizer_(authorizer), store_(store), hasher_(hasher) {}

  // Errors: kRunnerNotFound (also when the caller cannot see it), those of RunnerStore.
  absl::StatusOr<Runner> ById(const Call& call, const RunnerId& id);

  // For internal callers and cluster admins. Errors: kPermissionDenied, kServiceTokenNotFound,
  // those of RunnerStore.
  absl::StatusOr<Runner> ByToken(const Call& call, const Secret& token);

 private:
  const Authorizer& authorizer_;
  RunnerStore& store_;
  const Hasher& hasher_;
};

}  // namespace runners

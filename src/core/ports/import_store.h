#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "core/ports/call.h"
#include "core/ports/crypto.h"
#include "core/ports/overlay.h"
#include "core/ports/runner_store.h"
#include "runners/runner.h"

namespace runners {

// A runner about to be taken over, checked; its etag is not used. With an inherited identity it has
// completed generation kInheritedGeneration.
struct ImportedRunner {
  Runner runner;
  TokenRecord token;
  InheritedObjects inherited;
  std::string attempt_id;        // UUID of the attempt that stands for the enrollment there
  Sha256Digest source_digest{};  // of all that was read there but its times
};

// What becomes of a runner that is to be imported.
enum class ImportVerdict {
  kNew,              // nothing is in its way
  kThereAlready,     // imported before, and the same here and there since
  kChangedSince,     // imported before, changed here since
  kDeletedSince,     // imported before, deleted here since
  kSourceChanged,    // imported before, changed there since
  kIdTaken,          // the id belongs to a runner that was not imported
  kTokenTaken,       // another runner has the token
  kOverlayIdsTaken,  // another imported runner has the identity or the service
};

// Where imported runners go. Thread-safe. Errors: as RunnerStore.
class ImportStore {
 public:
  virtual ~ImportStore() = default;

  // What Import would say. Changes nothing.
  virtual absl::StatusOr<ImportVerdict> Judge(const Call& call, const ImportedRunner& imported) = 0;

  // kNew: it was taken over, in one transaction: runner, token, for an org-scoped one its `member`
  // grant, its identity as the current one, the overlay work that adopts and ensures its objects,
  // and the audit rows. Every other verdict: nothing was changed.
  virtual absl::StatusOr<ImportVerdict> Import(const Call& call,
                                               const ImportedRunner& imported) = 0;
};

}  // namespace runners

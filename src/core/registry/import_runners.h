#pragma once

#include <functional>
#include <set>
#include <string>

#include "absl/status/statusor.h"

#include "core/ports/clock.h"
#include "core/ports/crypto.h"
#include "core/ports/import_store.h"
#include "core/ports/legacy_source.h"

namespace runners {

// Whether an import changes anything or only says what it would do.
enum class ImportMode { kForReal, kDryRun };

enum class ImportOutcome { kImported, kThereAlready, kSkipped };

// What became of one runner.
struct ImportLine {
  RunnerId id;
  ImportOutcome outcome;
  std::string remark;  // its status when imported, why when skipped; one line, nothing secret
};

struct ImportCounts {
  int imported = 0;
  int there_already = 0;
  int skipped = 0;
};

// Takes runners over from the earlier service, so that those installed enroll with the tokens they
// have. Repeatable: what was imported before is left as it is now, here. Thread-compatible.
class ImportRunners {
 public:
  // Told of every runner as soon as it is done.
  using Report = std::function<void(const ImportLine&)>;

  // Everything given must outlive this.
  ImportRunners(LegacySource& source, ImportStore& store, Entropy& entropy, const Hasher& hasher,
                const Clock& clock)
      : source_(source), store_(store), entropy_(entropy), hasher_(hasher), clock_(clock) {}

  // All runners of the source, each in a transaction of its own. Errors: those of LegacySource and
  // ImportStore; what was reported before stays done, and the next run goes on from there.
  absl::StatusOr<ImportCounts> Run(ImportMode mode, const Report& report);

 private:
  // What runners taken over in this run have, as text. In a dry run the database does not know.
  using Taken = std::set<std::string>;

  Call NewCall(const std::string& request_id) const;
  absl::StatusOr<ImportLine> Take(const Call& call, const LegacyRunner& legacy, ImportMode mode,
                                  Taken& taken);

  LegacySource& source_;
  ImportStore& store_;
  Entropy& entropy_;
  const Hasher& hasher_;
  const Clock& clock_;
};

}  // namespace runners

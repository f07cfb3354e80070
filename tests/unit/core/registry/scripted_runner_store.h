#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ports/runner_store.h"

namespace runners::testing {

// Remembers what it is asked and answers what the test says. Thread-compatible.
class ScriptedRunnerStore final : public RunnerStore {
 public:
  struct Deletion {
    RunnerId id;
    std::optional<std::string> expected_etag;
  };

  absl::StatusOr<std::optional<Runner>> found = std::nullopt;           // by Get and FindByToken
  absl::StatusOr<std::vector<Runner>> listed{{}};                       // by List, cut to the limit
  absl::StatusOr<Runner> changed = absl::UnknownError("not scripted");  // by Register and Update
  absl::Status deleted;                                                 // by Delete

  std::vector<NewRunner> registrations;
  std::vector<RunnerQuery> queries;
  std::vector<RunnerEdit> edits;
  std::vector<Deletion> deletions;
  std::vector<Sha256Digest> digests;

  absl::StatusOr<Runner> Register(const Call&, const NewRunner& runner) override {
    registrations.push_back(runner);
    return changed;
  }
  absl::StatusOr<std::optional<Runner>> Get(const Call&, const RunnerId&) override { return found; }
  absl::StatusOr<std::vector<Runner>> List(const Call&, const RunnerQuery& query) override {
    queries.push_back(query);
    if (!listed.ok()) return listed;
    std::vector<Runner> runners = *listed;
    if (runners.size() > static_cast<std::size_t>(query.limit)) {
      runners.erase(runners.begin() + query.limit, runners.end());
    }
    return runners;
  }
  absl::StatusOr<Runner> Update(const Call&, const RunnerEdit& edit) override {
    edits.push_back(edit);
    return changed;
  }
  absl::Status Delete(const Call&, const RunnerId& id,
                      const std::optional<std::string>& expected_etag) override {
    deletions.push_back({id, expected_etag});
    return deleted;
  }
  absl::StatusOr<std::optional<Runner>> FindByToken(const Call&,
                                                    const Sha256Digest& digest) override {
    digests.push_back(digest);
    return found;
  }
};

}  // namespace runners::testing

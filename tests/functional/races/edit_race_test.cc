#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/base/thread_annotations.h"

#include "core/support/mutex.h"
#include "tests/support/fails.h"
#include "tests/support/installation_calls.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr std::size_t kReplicas = 2;
constexpr int kEditors = 6;
constexpr int kEditsOfEach = 8;

struct WonEdit {
  std::string name;
  std::string etag;  // afterwards
};

// Edits that were acknowledged, by the etag they were made on. Thread-safe.
class EditHistory {
 public:
  void Add(const std::string& on, WonEdit edit) {
    const MutexLock lock(mutex_);
    if (!by_etag_.emplace(on, std::move(edit)).second) twice_.push_back(on);
  }

  std::vector<std::string> twice() const {
    const MutexLock lock(mutex_);
    return twice_;
  }

  // The names in the order of the edits, from this etag on.
  std::vector<std::string> NamesFrom(std::string etag) const {
    const MutexLock lock(mutex_);
    std::vector<std::string> names;
    for (auto it = by_etag_.find(etag); it != by_etag_.end(); it = by_etag_.find(etag)) {
      names.push_back(it->second.name);
      etag = it->second.etag;
    }
    return names;
  }

 private:
  mutable Mutex mutex_;
  std::map<std::string, WonEdit> by_etag_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> twice_ ABSL_GUARDED_BY(mutex_);
};

// Reads, edits on what was read, and begins anew when somebody else was faster.
void EditOften(client::Client& client, const RunnerId& id, const std::string& editor,
               EditHistory& history) {
  for (int won = 0; won < kEditsOfEach;) {
    const Runner seen = Must(client.Get(id));
    client::Edit edit;
    edit.name = editor + std::to_string(won);
    edit.etag = seen.etag;
    const absl::StatusOr<Runner> edited = client.Update(id, edit);
    if (!edited.ok()) {
      ASSERT_TRUE(Fails(edited.status(), ErrorReason::kEtagMismatch));
      continue;
    }
    history.Add(seen.etag, {*edit.name, edited->etag});
    ++won;
  }
}

TEST(EditRace, EachEtagIsEditedOnceAndNoEditIsLost) {
  Installation installation(OfThisBuild(kReplicas));
  const Runner before = RegisterAt(installation, "r").runner;
  EditHistory history;
  {
    std::vector<std::jthread> editors;
    for (int i = 0; i < kEditors; ++i) {
      editors.emplace_back([&, i] {
        client::Client client = installation.Connect(static_cast<std::size_t>(i) % kReplicas);
        EditOften(client, before.id, "e" + std::to_string(i) + "-", history);
      });
    }
  }

  EXPECT_THAT(history.twice(), IsEmpty());
  const std::vector<std::string> names = history.NamesFrom(before.etag);
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kEditors * kEditsOfEach));
  std::vector<std::string> audited;
  for (const pqxx::row& row : installation.database().Query(
           "SELECT after->>'name' FROM audit WHERE rpc = 'UpdateRunner' ORDER BY id")) {
    audited.push_back(row[0].as<std::string>());
  }
  EXPECT_THAT(audited, ElementsAreArray(names));
  EXPECT_EQ(Must(installation.Connect().Get(before.id)).name, names.back());
}

// Who was told that a runner is gone is never sent to it.
TEST(SelectRace, NothingIsSelectedAfterItsDeletionWasAcknowledged) {
  Installation installation(OfThisBuild(kReplicas));
  std::vector<RunnerId> fleet;
  for (int i = 0; i < 6; ++i) {
    const client::Registered runner = RegisterAt(installation, "r");
    EnrollAt(installation, runner.service_token);
    fleet.push_back(runner.runner.id);
  }
  Mutex mutex;
  std::set<RunnerId> deleted;  // acknowledged; under mutex
  std::atomic<int> selected = 0;
  std::atomic<bool> last_one_is_going = false;
  const auto select_until_refused = [&](std::size_t replica) {
    client::Client client = installation.Connect(replica);
    while (true) {
      std::set<RunnerId> gone;
      {
        const MutexLock lock(mutex);
        gone = deleted;
      }
      const auto answer = client.Select({*OrganizationId::Parse(kAcme), {}, {"docker"}, {}});
      if (!answer.ok()) {
        EXPECT_TRUE(Fails(answer.status(), ErrorReason::kNoRunnerQualifies));
        EXPECT_TRUE(last_one_is_going) << "refused while there was a runner";
        return;
      }
      EXPECT_EQ(gone.count(answer->runner.id), 0U);
      ++selected;
    }
  };
  {
    std::vector<std::jthread> workloads;
    for (std::size_t i = 0; i < 4; ++i) {
      workloads.emplace_back([&, i] { select_until_refused(i % kReplicas); });
    }
    client::Client client = installation.Connect(0);
    for (const RunnerId& id : fleet) {
      const int before = selected;
      while (selected < before + 4) std::this_thread::yield();  // some see this one, too
      if (id == fleet.back()) last_one_is_going = true;
      EXPECT_TRUE(client.Delete(id).ok());
      const MutexLock lock(mutex);
      deleted.insert(id);
    }
  }

  EXPECT_GE(selected, 4 * static_cast<int>(fleet.size()));
}

}  // namespace
}  // namespace runners::testing

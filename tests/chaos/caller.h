#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"

#include "core/support/mutex.h"
#include "runners/client.h"
#include "tests/chaos/story.h"

namespace runners::testing {

// What callers tell each other and the test. Thread-safe.
class Ledger {
 public:
  void NoteDeleted(const RunnerId& id);
  std::set<RunnerId> Deleted() const;  // acknowledged up to now

  void Complain(const std::string& sentence);
  std::vector<std::string> TakeComplaints();

 private:
  mutable Mutex mutex_;
  std::set<RunnerId> deleted_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> complaints_ ABSL_GUARDED_BY(mutex_);
};

// A registration without an acknowledgement.
struct FailedRegistration {
  std::string base;
  Outcome outcome = Outcome::kLost;
};

// A client that registers, edits, enrolls, deletes and selects at random and writes down what was
// acknowledged. Thread-compatible: used by one thread at a time.
class Caller {
 public:
  // Its deeds follow from `seed`, as far as the answers do. `ledger` must outlive this.
  Caller(int number, std::uint64_t seed, Ledger& ledger);

  // Calls the server at this address until it is told to stop.
  void Work(const std::string& address, const std::stop_token& stop);

  // For the check: what it knows, and what it may forget afterwards.
  std::vector<Story>& stories() { return stories_; }
  std::vector<FailedRegistration>& failed_registrations() { return failed_registrations_; }
  std::vector<std::string>& retired_identities() { return retired_identities_; }
  int acknowledged() const { return acknowledged_; }

 private:
  void DoSomething(client::Client& client);
  void Register(client::Client& client);
  void Edit(client::Client& client, Story& story);
  void Enroll(client::Client& client, Story& story);
  void Delete(client::Client& client, Story& story);
  void Select(client::Client& client);
  Outcome Judge(const char* deed, const absl::Status& status);
  Story* AnyStory();
  std::size_t Draw(std::size_t below);

  const std::string name_;
  std::mt19937_64 random_;
  Ledger& ledger_;
  int registrations_ = 0;
  int acknowledged_ = 0;
  std::vector<Story> stories_;
  std::vector<FailedRegistration> failed_registrations_;
  std::vector<std::string> retired_identities_;  // files of identities that were replaced
};

}  // namespace runners::testing

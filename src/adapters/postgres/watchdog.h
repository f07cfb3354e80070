#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "absl/time/time.h"

#include "adapters/postgres/errands.h"
#include "adapters/postgres/interrupter.h"
#include "core/ports/clock.h"
#include "core/support/mutex.h"
#include "runners/error_reason.h"

namespace runners::postgres {

// For how long an answer of the database is waited for.
struct Patience {
  absl::Time until = absl::InfiniteFuture();
  ErrorReason when_late = ErrorReason::kDeadlineExceeded;  // why it was ended at that time
  std::stop_token caller_gone{};                           // and when it ends before: kCancelled
};

// Ends what connections are doing once nobody waits for it any more: it asks the server to cancel
// the statement, and when that does not help within `kGrace` (the server is frozen, or does not
// answer) it cuts the connection off. One thread, which never blocks: the requests run as errands.
// Thread-safe; must outlive its watches. The destructor waits for requests under way.
//
// A request that was sent may be carried out by the server at any later time. So a connection that
// was interfered with is never used for anything else: see Watch::End.
class Watchdog {
 public:
  class Watch;

  static constexpr absl::Duration kGrace = absl::Milliseconds(100);

  // `max_requests`: how many cancel requests may be under way; beyond them connections are only cut
  // off. `clock` must outlive this.
  Watchdog(const Clock& clock, std::size_t max_requests);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  struct Entry {
    std::shared_ptr<const Interrupter> connection;
    Patience patience;
    bool caller_left = false;
    bool commits = false;
    std::optional<ErrorReason> ended_for{};  // set when it was interfered with
    absl::Time cut_off_at = absl::InfiniteFuture();
  };
  using Entries = std::list<Entry>;

  Entries::iterator Add(std::shared_ptr<const Interrupter> connection, Patience patience);
  void CallerLeft(Entries::iterator entry);
  bool StartCommit(Entries::iterator entry);
  std::optional<ErrorReason> EndedFor(Entries::iterator entry);
  bool Remove(Entries::iterator entry);

  void Work();
  absl::Time Attend(Entry& entry, absl::Time now);
  void WakeBefore(absl::Time time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  Errands requests_;
  Mutex mutex_;
  CondVar wake_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  absl::Time wakes_at_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: it uses the others
};

// One use of a connection, watched from here to End. Thread-compatible.
class Watchdog::Watch {
 public:
  // `watchdog` must outlive this.
  Watch(Watchdog& watchdog, std::shared_ptr<const Interrupter> connection, Patience patience);
  ~Watch() { End(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // To be called right before a COMMIT, which nobody cancels: the caller would not know what came
  // of it. It is cut off when it takes longer than patience lasts. False when the use was ended
  // before, and there must be no COMMIT.
  bool StartCommit();

  // Why the use was ended; nothing while it was left alone. It may be ended at any time until End.
  std::optional<ErrorReason> ended_for() const;

  // Ends the watch. False when the connection was interfered with and must be closed. May be called
  // again.
  bool End();

 private:
  Watchdog& watchdog_;
  const Entries::iterator entry_;
  std::optional<bool> left_alone_;  // once it was ended
  std::optional<std::stop_callback<std::function<void()>>> caller_gone_;
};

}  // namespace runners::postgres

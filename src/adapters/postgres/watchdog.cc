#include "adapters/postgres/watchdog.h"

#include <algorithm>
#include <utility>

namespace runners::postgres {
namespace {

// It looks around this often also when nothing is due: a clock that was set back must not make it
// sleep for long, and a deadline beyond it need not wake it.
constexpr absl::Duration kLongestSleep = absl::Seconds(1);

}  // namespace

Watchdog::Watchdog(const Clock& clock, std::size_t max_requests)
    : clock_(clock),
      requests_(max_requests),
      wakes_at_(absl::InfinitePast()),
      thread_([this] { Work(); }) {}

Watchdog::~Watchdog() {
  MutexLock lock(mutex_);
  stopping_ = true;
  wake_.NotifyAll();
}

Watchdog::Entries::iterator Watchdog::Add(std::shared_ptr<const Interrupter> connection,
                                          Patience patience) {
  MutexLock lock(mutex_);
  WakeBefore(patience.until);
  return entries_.insert(entries_.end(), Entry{std::move(connection), std::move(patience)});
}

void Watchdog::CallerLeft(Entries::iterator entry) {
  MutexLock lock(mutex_);
  entry->caller_left = true;
  WakeBefore(absl::InfinitePast());
}

bool Watchdog::StartCommit(Entries::iterator entry) {
  MutexLock lock(mutex_);
  if (entry->ended_for) return false;
  entry->commits = true;
  entry->cut_off_at = entry->patience.until + kGrace;
  return true;
}

std::optional<ErrorReason> Watchdog::EndedFor(Entries::iterator entry) {
  MutexLock lock(mutex_);
  return entry->ended_for;
}

bool Watchdog::Remove(Entries::iterator entry) {
  MutexLock lock(mutex_);
  const bool left_alone = !entry->ended_for;
  entries_.erase(entry);
  return left_alone;
}

void Watchdog::Work() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    const absl::Time now = clock_.Now();
    wakes_at_ = now + kLongestSleep;
    for (Entry& entry : entries_) wakes_at_ = std::min(wakes_at_, Attend(entry, now));
    wake_.WaitFor(mutex_, absl::ToChronoNanoseconds(wakes_at_ - now));
  }
}

// Does what is due, and returns when something is next.
absl::Time Watchdog::Attend(Entry& entry, absl::Time now) {
  const bool late = now >= entry.patience.until;
  if (!entry.commits && !entry.ended_for && (late || entry.caller_left)) {
    entry.ended_for = late ? entry.patience.when_late : ErrorReason::kCancelled;
    entry.cut_off_at = now + kGrace;
    requests_.TryRun([connection = entry.connection] { connection->RequestCancel(); });
  }
  if (now >= entry.cut_off_at) {
    if (entry.commits) entry.ended_for = entry.patience.when_late;
    entry.connection->CutOff();
    entry.cut_off_at = absl::InfiniteFuture();
  }
  const bool may_end = !entry.commits && !entry.ended_for;
  return std::min(entry.cut_off_at, may_end ? entry.patience.until : absl::InfiniteFuture());
}

void Watchdog::WakeBefore(absl::Time time) {
  if (time >= wakes_at_) return;
  wakes_at_ = time;
  wake_.NotifyOne();
}

Watchdog::Watch::Watch(Watchdog& watchdog, std::shared_ptr<const Interrupter> connection,
                       Patience patience)
    : watchdog_(watchdog), entry_(watchdog.Add(std::move(connection), patience)) {
  if (patience.caller_gone.stop_possible()) {
    caller_gone_.emplace(patience.caller_gone, [this] { watchdog_.CallerLeft(entry_); });
  }
}

bool Watchdog::Watch::StartCommit() {
  return watchdog_.StartCommit(entry_);
}

std::optional<ErrorReason> Watchdog::Watch::ended_for() const {
  return watchdog_.EndedFor(entry_);
}

bool Watchdog::Watch::End() {
  if (left_alone_) return *left_alone_;
  caller_gone_.reset();  // waits for the callback, when it runs just now
  left_alone_ = watchdog_.Remove(entry_);
  return *left_alone_;
}

}  // namespace runners::postgres

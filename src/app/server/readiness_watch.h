#pragma once

#include <functional>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

#include "adapters/system/log.h"
#include "app/server/periodic_job.h"
#include "core/ports/clock.h"
#include "core/support/mutex.h"

namespace runners::server {

struct ReadinessOptions {
  absl::Duration interval = absl::Seconds(1);  // between two pings
  absl::Duration patience = absl::Seconds(3);  // with a ping that does not come back
};

// Asks the database again and again whether it answers, and tells when that changes. A ping that
// hangs counts as no answer after a while, so one thread pings and another judges. Thread-safe.
class ReadinessWatch {
 public:
  // `ping` may block; `tell` gets true or false and must not. The database is taken to answer at
  // first. `clock` and `log` must outlive this.
  ReadinessWatch(std::function<absl::Status()> ping, std::function<void(bool)> tell,
                 ReadinessOptions options, const Clock& clock, system::Log& log);
  ReadinessWatch(const ReadinessWatch&) = delete;
  ReadinessWatch& operator=(const ReadinessWatch&) = delete;

  // Nothing is told after this. Does not wait for a ping under way; the destructor does.
  void Stop();

 private:
  void Ping();
  void Judge();

  const std::function<absl::Status()> ping_;
  const std::function<void(bool)> tell_;
  const ReadinessOptions options_;
  const Clock& clock_;
  system::Log& log_;
  Mutex mutex_;
  std::optional<absl::Time> pinging_since_ ABSL_GUARDED_BY(mutex_);
  bool answered_ ABSL_GUARDED_BY(mutex_) = true;
  bool told_ = true;  // of the judging thread
  PeriodicJob pings_;
  std::optional<PeriodicJob> judgements_;
};

}  // namespace runners::server

#include "app/server/readiness_watch.h"

#include <algorithm>
#include <utility>

namespace runners::server {
namespace {

// A change is noticed this soon, whatever the interval of pings.
constexpr absl::Duration kLongestJudgementInterval = absl::Milliseconds(250);

}  // namespace

ReadinessWatch::ReadinessWatch(std::function<absl::Status()> ping, std::function<void(bool)> tell,
                               ReadinessOptions options, const Clock& clock, system::Log& log)
    : ping_(std::move(ping)),
      tell_(std::move(tell)),
      options_(options),
      clock_(clock),
      log_(log),
      pings_(
          "readiness_ping", options_.interval,
          [this] {
            Ping();
            return NextStep::kAfterInterval;
          },
          log) {
  judgements_.emplace(
      "readiness_judgement", std::min(options_.interval, kLongestJudgementInterval),
      [this] {
        Judge();
        return NextStep::kAfterInterval;
      },
      log);
}

void ReadinessWatch::Stop() {
  pings_.RequestStop();
  judgements_.reset();
}

void ReadinessWatch::Ping() {
  {
    MutexLock lock(mutex_);
    pinging_since_ = clock_.Now();
  }
  const absl::Status status = ping_();
  MutexLock lock(mutex_);
  pinging_since_.reset();
  answered_ = status.ok();
}

void ReadinessWatch::Judge() {
  bool ready = false;
  {
    MutexLock lock(mutex_);
    const bool hangs = pinging_since_ && clock_.Now() - *pinging_since_ > options_.patience;
    ready = answered_ && !hangs;
  }
  if (ready == told_) return;
  told_ = ready;
  tell_(ready);
  if (ready) {
    log_.Info("readiness.regained");
  } else {
    log_.Warn("readiness.lost");
  }
}

}  // namespace runners::server

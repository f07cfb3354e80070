#include "app/server/stop_signals.h"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>

#include "app/server/exit_codes.h"

namespace runners::server {
namespace {

constexpr int kExitOfSignal = 128;

// The next of `signals`; 0 when `limit` passed first.
int Await(const sigset_t& signals, absl::Duration limit) {
  const timespec time = absl::ToTimespec(limit);
  while (true) {
    const int signal = limit == absl::InfiniteDuration() ? sigwaitinfo(&signals, nullptr)
                                                         : sigtimedwait(&signals, nullptr, &time);
    if (signal > 0) return signal;
    if (errno != EINTR) return 0;
  }
}

const char* NameOf(int signal) {
  return signal == SIGTERM ? "SIGTERM" : "SIGINT";
}

}  // namespace

StopSignals::StopSignals(absl::Duration limit, system::Log& log) : limit_(limit), log_(log) {
  signal(SIGPIPE, SIG_IGN);
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, &mask_before_);
  thread_ = std::jthread([this] { Work(); });
}

StopSignals::~StopSignals() {
  over_ = true;
  pthread_kill(thread_.native_handle(), SIGINT);  // wakes it
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void StopSignals::Work() {
  const int first = Await(signals_, absl::InfiniteDuration());
  if (over_) return;
  log_.Info("server.stop_requested", {{"signal", NameOf(first)}});
  stop_.request_stop();

  const int second = Await(signals_, limit_);
  if (over_) return;
  // No destructors: whatever hangs would hang them too.
  if (second != 0) _exit(kExitOfSignal + second);
  log_.Warn("server.stop_cut_short", {{"limit_ms", absl::ToInt64Milliseconds(limit_)}});
  _exit(kExitOk);
}

}  // namespace runners::server

#include "app/server/waiting.h"

#include <condition_variable>
#include <mutex>

namespace runners::server {

WaitEnd WaitFor(const std::stop_token& stop, absl::Duration duration) {
  // Nobody notifies: only the token and the time end this wait.
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock<std::mutex> lock(mutex);
  const auto is_over = [&stop] { return stop.stop_requested(); };
  if (duration == absl::InfiniteDuration()) {
    never.wait(lock, stop, is_over);
  } else {
    never.wait_for(lock, stop, absl::ToChronoNanoseconds(duration), is_over);
  }
  return stop.stop_requested() ? WaitEnd::kStopRequested : WaitEnd::kTimePassed;
}

}  // namespace runners::server

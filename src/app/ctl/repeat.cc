#include "app/ctl/repeat.h"

#include <algorithm>

#include "app/ctl/failure.h"

namespace runners::ctl {
namespace {

constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Seconds(15);

}  // namespace

absl::StatusOr<client::EnrolledIdentity> RepeatWhileUnavailable(const Patience& patience,
                                                                const World& world,
                                                                const EnrollCall& call) {
  const absl::Time end = world.now() + patience.limit;
  absl::Duration backoff = kFirstPause;
  absl::Duration timeout = patience.each;
  while (true) {
    absl::StatusOr<client::EnrolledIdentity> answer = call(timeout);
    if (answer.ok() || !absl::IsUnavailable(answer.status())) return answer;
    const auto wanted = client::FailureOf(answer.status()).retry_after;
    const absl::Duration pause = std::max(backoff, wanted.value_or(absl::ZeroDuration()));
    const absl::Duration left = end - world.now() - pause;
    if (left <= absl::ZeroDuration()) return answer;
    world.err << "runnersctl: " << FailureSentence(answer.status()) << "; trying again in "
              << absl::FormatDuration(pause) << '\n'
              << std::flush;
    world.pause(pause);
    backoff = std::min(2 * backoff, kLongestPause);
    timeout = std::min(patience.each, left);
  }
}

}  // namespace runners::ctl

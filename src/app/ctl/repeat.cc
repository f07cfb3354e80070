#include "app/ctl/repeat.h"

#include <algorithm>

#include "app/ctl/failure.h"

namespace runners::ctl {
namespace {

constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Seconds(15);
constexpr int kRegistrations = 3;

// Trouble that may be over at the next call, also when this one may have been carried out.
bool MayPass(const absl::Status& failure) {
  return absl::IsUnavailable(failure) || absl::IsUnknown(failure);
}

// `may_repeat` says whether a failure may be followed by another call.
template <typename Answer, typename MayRepeat>
absl::StatusOr<Answer> Repeat(
    const Patience& patience, const World& world,
    const std::function<absl::StatusOr<Answer>(absl::Duration timeout)>& call,
    const MayRepeat& may_repeat) {
  const absl::Time end = world.now() + patience.limit;
  absl::Duration backoff = kFirstPause;
  absl::Duration timeout = patience.each;
  while (true) {
    absl::StatusOr<Answer> answer = call(timeout);
    if (answer.ok() || !may_repeat(answer.status())) return answer;
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

}  // namespace

absl::StatusOr<client::EnrolledIdentity> RepeatEnrollment(const Patience& patience,
                                                          const World& world,
                                                          const EnrollCall& call) {
  return Repeat(patience, world, call, MayPass);
}

absl::StatusOr<client::Registered> RepeatRegistration(const Patience& patience, const World& world,
                                                      const RegisterCall& call) {
  int calls = 0;
  return Repeat(patience, world, call, [&calls](const absl::Status& failure) {
    return ++calls < kRegistrations && MayPass(failure);
  });
}

}  // namespace runners::ctl

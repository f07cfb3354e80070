#include "app/server/fault_points.h"

#ifdef RUNNERS_FAULT_POINTS

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "app/server/setting_values.h"
#include "core/support/error.h"

namespace runners::server {
namespace {

constexpr char kVariable[] = "RUNNERS_FAULT_POINT";
constexpr int kMaxVisits = 1'000'000;

// Dies at one point, as `kill -9` would do it: no destructor, no flush, no answer.
class DeathAtPoint final : public FaultPoints {
 public:
  DeathAtPoint(std::string point, int visit) : point_(std::move(point)), visits_left_(visit) {}

  void Reach(std::string_view point) override {
    if (point != point_ || --visits_left_ != 0) return;
    kill(getpid(), SIGKILL);
    pause();  // the signal is on its way
  }

 private:
  const std::string point_;
  std::atomic<int> visits_left_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FaultPoints>> MakeFaultPoints(const Environment& environment) {
  const auto found = environment.find(kVariable);
  if (found == environment.end() || found->second.empty()) return std::make_unique<NoFaults>();
  const std::string& text = found->second;
  const std::size_t colon = text.find(':');
  int visit = 1;
  std::string wrong;
  if (colon != std::string::npos) {
    wrong = ReadNumber(text.substr(colon + 1), 1, kMaxVisits, visit);
  }
  if (colon == 0 || !wrong.empty()) {
    return InvalidArgument({{kVariable, "must be NAME or NAME:N, where N is 1 or more"}});
  }
  return std::make_unique<DeathAtPoint>(text.substr(0, colon), visit);
}

}  // namespace runners::server

#else

namespace runners::server {

absl::StatusOr<std::unique_ptr<FaultPoints>> MakeFaultPoints(const Environment&) {
  return std::make_unique<NoFaults>();
}

}  // namespace runners::server

#endif

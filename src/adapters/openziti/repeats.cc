#include "adapters/openziti/repeats.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <thread>

namespace runners::openziti {

bool Repeats::PauseBefore(int repeat, absl::Time deadline) const {
  std::array<std::uint8_t, 1> chance{};
  entropy_.Fill(chance);
  const double part = 0.5 + static_cast<double>(chance[0]) / 510.0;  // 0.5 to 1
  const absl::Duration pause = first_pause_ * static_cast<double>(1 << (repeat - 1)) * part;
  if (clock_.Now() + pause >= deadline) return false;
  std::this_thread::sleep_for(absl::ToChronoNanoseconds(pause));
  return true;
}

}  // namespace runners::openziti

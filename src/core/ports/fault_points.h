#pragma once

#include <string_view>

namespace runners {

// Places between two effects where a test may end the process, to show that what is left is
// repaired. Production wires NoFaults; a build without RUNNERS_FAULT_POINTS has nothing else.
// Thread-safe.
class FaultPoints {
 public:
  virtual ~FaultPoints() = default;
  virtual void Reach(std::string_view point) = 0;
};

class NoFaults final : public FaultPoints {
 public:
  void Reach(std::string_view) override {}
};

}  // namespace runners

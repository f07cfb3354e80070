#pragma once

#include <functional>

namespace runners {

// Threads that do the blocking part of calls. Thread-safe.
class Executor {
 public:
  virtual ~Executor() = default;

  // Runs `task` on a thread of the executor, soon. False, and `task` is dropped, when as much is
  // waiting as may wait or the executor is stopping.
  virtual bool TryPost(std::function<void()> task) = 0;
};

}  // namespace runners

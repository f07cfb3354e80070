#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "core/ports/executor.h"
#include "core/support/mutex.h"

namespace runners::system {

// A fixed number of threads over a bounded queue, first in first out. Thread-safe. The destructor
// runs what is queued and joins; tasks must therefore end by themselves.
class WorkerPool final : public Executor {
 public:
  // `threads` >= 1; `max_queued`: how many tasks may wait beside those that run.
  WorkerPool(std::size_t threads, std::size_t max_queued);
  ~WorkerPool() override;
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  bool TryPost(std::function<void()> task) override;

 private:
  void Work();

  const std::size_t max_accepted_;  // running and waiting
  Mutex mutex_;
  CondVar wake_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  std::size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;
};

}  // namespace runners::system

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <thread>
#include <vector>

#include "core/support/mutex.h"

namespace runners::postgres {

// Calls of libpq that block for as long as the server likes, each on a thread of its own that ends
// with it; no more than so many at a time. Thread-safe. The destructor waits for those under way.
class Errands {
 public:
  // `max`: how many may be under way, >= 1.
  explicit Errands(std::size_t max) : max_(max) {}
  ~Errands();
  Errands(const Errands&) = delete;
  Errands& operator=(const Errands&) = delete;

  // Runs `errand`, which must not throw, at once. False when as many as may be are under way, or no
  // thread is to be had.
  bool TryRun(std::function<void()> errand);

 private:
  void Finish(int id);

  const std::size_t max_;
  Mutex mutex_;
  std::map<int, std::jthread> under_way_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::jthread> ended_ ABSL_GUARDED_BY(mutex_);  // or about to, to be joined
  int last_id_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace runners::postgres

#include "adapters/postgres/errands.h"

#include <system_error>
#include <utility>

namespace runners::postgres {

Errands::~Errands() {
  std::map<int, std::jthread> under_way;  // outlive the lock, which their threads need to end
  std::vector<std::jthread> ended;
  MutexLock lock(mutex_);
  under_way.swap(under_way_);
  ended.swap(ended_);
}

bool Errands::TryRun(std::function<void()> errand) {
  std::vector<std::jthread> ended;  // joined after the lock
  MutexLock lock(mutex_);
  ended.swap(ended_);
  if (under_way_.size() >= max_) return false;
  const int id = ++last_id_;
  try {
    under_way_.emplace(id, [this, id, work = std::move(errand)] {
      work();
      Finish(id);
    });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void Errands::Finish(int id) {
  MutexLock lock(mutex_);
  const auto self = under_way_.find(id);
  if (self == under_way_.end()) return;  // the destructor joins it
  ended_.push_back(std::move(self->second));
  under_way_.erase(self);
}

}  // namespace runners::postgres

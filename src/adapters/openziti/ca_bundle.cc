#include "adapters/openziti/ca_bundle.h"

#include "core/support/status_macros.h"

namespace runners::openziti {

absl::StatusOr<std::string> CaBundle::Pem(absl::Time deadline) {
  {
    const MutexLock lock(mutex_);
    if (clock_.Now() < good_until_) return pem_;
  }
  RUNNERS_ASSIGN_OR_RETURN(std::string pem, client_.CaBundle(deadline));
  const MutexLock lock(mutex_);
  pem_ = pem;
  good_until_ = clock_.Now() + life_;
  return pem;
}

void CaBundle::Forget() {
  const MutexLock lock(mutex_);
  good_until_ = absl::InfinitePast();
}

}  // namespace runners::openziti

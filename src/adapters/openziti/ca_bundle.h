#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/edge_client.h"
#include "core/ports/clock.h"
#include "core/support/mutex.h"

namespace runners::openziti {

// The controller's CA bundle, remembered for a while: it changes when a CA is rolled over, and
// every identity file carries it. Thread-safe; the lock is not held while it is read.
class CaBundle {
 public:
  // Everything given must outlive this.
  CaBundle(EdgeClient& client, const Clock& clock, absl::Duration life)
      : client_(client), clock_(clock), life_(life) {}

  // PEM. Errors: those of EdgeClient.
  absl::StatusOr<std::string> Pem(absl::Time deadline);

  // Makes the next Pem ask the controller.
  void Forget();

 private:
  EdgeClient& client_;
  const Clock& clock_;
  const absl::Duration life_;
  Mutex mutex_;
  std::string pem_ ABSL_GUARDED_BY(mutex_);
  absl::Time good_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace runners::openziti

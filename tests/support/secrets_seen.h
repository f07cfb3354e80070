#pragma once

#include <set>
#include <string>

#include "absl/base/thread_annotations.h"

#include "core/support/mutex.h"

namespace runners::testing {

// Every token, digest and key that appeared in this test program, so that a test can look for them
// where they must not be. Thread-safe.
class SecretsSeen {
 public:
  // The one of this program.
  static SecretsSeen& Shared();

  // Texts shorter than 8 bytes would be found by chance and are refused (std::invalid_argument).
  void Add(const std::string& secret);

  std::set<std::string> All() const;

  // Those of them that `text` holds.
  std::set<std::string> In(const std::string& text) const;

 private:
  mutable Mutex mutex_;
  std::set<std::string> secrets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace runners::testing

#include "tests/support/secrets_seen.h"

#include <stdexcept>

namespace runners::testing {

SecretsSeen& SecretsSeen::Shared() {
  static SecretsSeen shared;
  return shared;
}

void SecretsSeen::Add(const std::string& secret) {
  if (secret.size() < 8) throw std::invalid_argument("too short to be looked for");
  const MutexLock lock(mutex_);
  secrets_.insert(secret);
}

std::set<std::string> SecretsSeen::All() const {
  const MutexLock lock(mutex_);
  return secrets_;
}

std::set<std::string> SecretsSeen::In(const std::string& text) const {
  std::set<std::string> found;
  for (const std::string& secret : All()) {
    if (text.find(secret) != std::string::npos) found.insert(secret);
  }
  return found;
}

}  // namespace runners::testing

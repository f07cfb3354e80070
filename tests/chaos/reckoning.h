#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/chaos/caller.h"
#include "tests/support/installation.h"

namespace runners::testing {

// Compares what the service has after a restart with what it had acknowledged, settles what was in
// doubt, and forgets what is over. Made when database and controller agree and nobody calls.
// Thread-compatible.
class Reckoning {
 public:
  // `installation` must outlive this.
  explicit Reckoning(Installation& installation);

  void Settle(Caller& caller);

  // After all callers: what nobody has registered. Deletes registrations nobody has the token of.
  void SettleRest();

  // What was lost, half done or done twice, in sentences.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  void Settle(Story& story);
  void SettleAttributes(Story& story, const Runner& found);
  void SettleIdentity(Story& story, const Runner& found);
  void SettleRegistration(const FailedRegistration& failed);
  void ExpectLogin(const std::string& identity_json, int status, const std::string& whose);
  void Complain(const std::string& sentence) { complaints_.push_back(sentence); }

  Installation& installation_;
  std::map<RunnerId, Runner> listed_;           // those nobody has claimed yet
  std::map<std::string, std::string> current_;  // overlay id of a runner's current identity
  std::vector<RunnerId> orphans_;
  std::vector<std::string> complaints_;
};

}  // namespace runners::testing

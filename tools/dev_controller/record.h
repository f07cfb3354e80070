#pragma once

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

#include "tools/dev_controller/call.h"

namespace dev_controller {

// What SDKs have done at the client API in this run, for tests to read: log-ins, and permissions
// asked for to bind or dial. The oldest entries go when there are many. Used under the Controller's
// lock.
class Record {
 public:
  void NoteLogin(const std::string& identity_id, const Call& call);
  void NoteSession(const std::string& identity_id, const std::string& service_id,
                   const std::string& type, bool granted);

  // {"logins":[{"at","identityId","method","sdkInfo"}],
  //  "sessions":[{"at","identityId","serviceId","type","granted"}]}
  nlohmann::json ToJson() const;
  void Clear();

 private:
  static void Append(nlohmann::json& list, nlohmann::json entry);

  nlohmann::json logins_ = nlohmann::json::array();
  nlohmann::json sessions_ = nlohmann::json::array();
};

}  // namespace dev_controller

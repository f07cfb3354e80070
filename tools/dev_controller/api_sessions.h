#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "absl/time/time.h"

#include "tools/dev_controller/call.h"
#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/world.h"

namespace dev_controller {

// Who is behind a request.
struct Actor {
  std::string session_id;  // of the API session
  std::string identity_id;
  Store::Row identity;
};

// Log-ins and what they are good for. A session ends when it has been idle for the session timeout
// on 1.6, and when it is that old on 2.0, where use does not prolong it. Used under the
// Controller's lock.
class ApiSessions {
 public:
  explicit ApiSessions(World& world) : world_(world) {}

  // POST .../authenticate. Throws Refusal.
  Answer LogIn(const Call& call);

  // The caller, by the header `zt-session`. Throws Refusal (401).
  Actor Require(const Call& call);

  // GET and DELETE .../current-api-session.
  Answer Current(const Actor& actor) const;
  Answer LogOut(const Actor& actor);

  void End(const std::string& token);
  // Ends every session but this one.
  void EndOthers(const std::string& session_id);

 private:
  const Store::Row& AuthenticatorBy(const std::string& field, const std::string& value) const;
  const Store::Row& PasswordOwner(const Call& call) const;
  const Store::Row& CertificateOwner(const Call& call) const;
  Store::Row NewSession(const Call& call, const Store::Row& authenticator) const;
  void NoteSdk(const Call& call, const std::string& identity_id);
  Refusal Unknown(bool has_token) const;
  absl::Time LastUse(const Store::Row& session) const;
  nlohmann::json Shown(const Store::Row& session) const;
  void Erase(const std::string& session_id);

  World& world_;
  std::map<std::string, absl::Time> last_use_;  // by session id, of this run
};

}  // namespace dev_controller

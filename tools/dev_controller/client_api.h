#pragma once

#include <string>
#include <vector>

#include "tools/dev_controller/api_sessions.h"
#include "tools/dev_controller/record.h"
#include "tools/dev_controller/roles.h"
#include "tools/dev_controller/world.h"

namespace dev_controller {

// /edge/client/v1: what an SDK needs to enroll, to log in with an identity file and to ask for the
// permission to bind or dial a service. Used under the Controller's lock.
class ClientApi {
 public:
  // Everything given must outlive this.
  ClientApi(World& world, ApiSessions& sessions, Record& record)
      : world_(world), sessions_(sessions), record_(record) {}

  Answer Serve(const Call& call);

 private:
  Answer ServeOwn(const Call& call, const std::vector<std::string>& path);
  Answer ServeServices(const Call& call, const std::vector<std::string>& path);
  Answer ServeSessions(const Call& call, const std::vector<std::string>& path);
  Answer LogIn(const Call& call);
  Answer ListRouters(const Call& call) const;
  Answer ListServices(const Call& call, const Actor& actor) const;
  Answer GetService(const Actor& actor, const std::string& id) const;
  Answer CreateSession(const Call& call, const Actor& actor);
  Answer DeleteSession(const Actor& actor, const std::string& id);
  void CheckGrant(const Actor& actor, const std::string& service_id, const std::string& type) const;
  std::vector<Grant> VisibleGrants(const Actor& actor, const Store::Row& service) const;
  const Store::Row& VisibleService(const Actor& actor, const std::string& id) const;
  nlohmann::json ShownNewSession(const Store::Row& session) const;
  std::string SessionToken(const Store::Row& session) const;

  World& world_;
  ApiSessions& sessions_;
  Record& record_;
};

}  // namespace dev_controller

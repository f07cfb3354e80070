#pragma once

#include <memory>
#include <vector>

#include "tools/dev_controller/api_sessions.h"
#include "tools/dev_controller/collection.h"

namespace dev_controller {

// /edge/management/v1: collections for an administrator, and on 2.0 for whoever has the permission.
// Used under the Controller's lock.
class ManagementApi {
 public:
  // Everything given must outlive this.
  ManagementApi(World& world, ApiSessions& sessions);

  Answer Serve(const Call& call);

 private:
  Answer ServeCollection(const Call& call, Collection& collection, const std::string& id);
  void Authorize(const Call& call, const CollectionNames& names);

  World& world_;
  ApiSessions& sessions_;
  std::vector<std::unique_ptr<Collection>> collections_;
};

}  // namespace dev_controller

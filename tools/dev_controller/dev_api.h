#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/dev_controller/api_sessions.h"
#include "tools/dev_controller/faults.h"
#include "tools/dev_controller/record.h"
#include "tools/dev_controller/world.h"

namespace dev_controller {

// /dev/v1 on the management listener, which no real controller has: makes happen what a network
// would make happen, and what goes wrong in one. For sessions of an administrator. Used under the
// Controller's lock.
//
//   GET, DELETE  /record                what SDKs did at the client API
//   GET, POST, DELETE  /faults          see Faults
//   POST         /terminators           {"identity":ID,"service":ID,"router":ID or absent}
//   DELETE       /terminators/ID
//   POST         /routers               {"name":...}
//   PATCH        /routers/ID            {"isOnline":...}
//   DELETE       /routers/ID            with its terminators
//   DELETE       /sessions              ends every session but the caller's
//   PATCH        /listeners/management, /listeners/client   {"certificate":"own" or "foreign"}
class DevApi {
 public:
  // Makes a listener show a certificate nobody trusts, or its own again.
  using ShowForeign = std::function<void(const std::string& listener, bool foreign)>;

  // Everything given must outlive this.
  DevApi(World& world, ApiSessions& sessions, Record& record, Faults& faults,
         ShowForeign show_foreign)
      : world_(world),
        sessions_(sessions),
        record_(record),
        faults_(faults),
        show_foreign_(std::move(show_foreign)) {}

  Answer Serve(const Call& call);

 private:
  Answer ServeCollection(const Call& call, const std::string& collection, const Actor& actor);
  Answer ServeRow(const Call& call, const std::string& collection, const std::string& id);
  Answer AddFault(const Call& call);
  Answer AddTerminator(const Call& call);
  Answer AddRouter(const Call& call);
  Answer ChangeRouter(const Call& call, const std::string& id);
  Answer ChangeListener(const Call& call, const std::string& name);

  World& world_;
  ApiSessions& sessions_;
  Record& record_;
  Faults& faults_;
  const ShowForeign show_foreign_;
};

}  // namespace dev_controller

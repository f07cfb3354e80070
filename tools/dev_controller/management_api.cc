#include "tools/dev_controller/management_api.h"

#include <algorithm>
#include <string_view>

#include "tools/dev_controller/authenticators.h"
#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/identities.h"
#include "tools/dev_controller/policies.h"
#include "tools/dev_controller/routers.h"
#include "tools/dev_controller/routes.h"
#include "tools/dev_controller/services.h"
#include "tools/dev_controller/terminators.h"

namespace dev_controller {
namespace {

using nlohmann::json;

// The part of a permission that comes behind the dot, by method.
std::string OperationOf(const std::string& method) {
  if (method == "POST") return "create";
  if (method == "PATCH") return "update";
  if (method == "DELETE") return "delete";
  return "read";
}

bool Has(const json& permissions, const std::string& permission) {
  return permissions.is_array() &&
         std::find(permissions.begin(), permissions.end(), json(permission)) != permissions.end();
}

bool Names(const std::string& methods, std::string_view method) {
  return ("," + methods + ",").find("," + std::string(method) + ",") != std::string::npos;
}

}  // namespace

ManagementApi::ManagementApi(World& world, ApiSessions& sessions)
    : world_(world), sessions_(sessions) {
  collections_.push_back(std::make_unique<Services>(world));
  collections_.push_back(std::make_unique<Policies>(world));
  collections_.push_back(std::make_unique<Identities>(world));
  collections_.push_back(std::make_unique<Authenticators>(world));
  collections_.push_back(std::make_unique<Terminators>(world));
  collections_.push_back(std::make_unique<Routers>(world));
}

Answer ManagementApi::Serve(const Call& call) {
  const std::vector<std::string> path = Segments(call.path, kManagementPath);
  if (path.empty() || path.size() > 2) NoSuchPath(call);
  if (path.size() == 1) {
    if (path[0] == "version")
      return Dispatch(call, {{"GET", [&] { return VersionAnswer(world_); }}});
    if (path[0] == "authenticate")
      return Dispatch(call, {{"POST", [&] { return sessions_.LogIn(call); }}});
    if (path[0] == "current-api-session") {
      return Dispatch(call,
                      {{"GET", [&] { return sessions_.Current(sessions_.Require(call)); }},
                       {"DELETE", [&] { return sessions_.LogOut(sessions_.Require(call)); }}});
    }
    if (path[0] == "current-identity") {
      return Dispatch(
          call, {{"GET", [&] {
                    const Actor actor = sessions_.Require(call);
                    return DataAnswer(Identities(world_).Shown(actor.identity, View::kDetail));
                  }}});
    }
  }
  for (const auto& collection : collections_) {
    if (path[0] == collection->names().path)
      return ServeCollection(call, *collection, path.size() == 2 ? path[1] : "");
  }
  NoSuchPath(call);
}

Answer ManagementApi::ServeCollection(const Call& call, Collection& collection,
                                      const std::string& id) {
  const std::string methods = id.empty() ? collection.CollectionMethods() : collection.RowMethods();
  if (!Names(methods, call.method)) throw MethodNotAllowed(call.method, methods);
  Authorize(call, collection.names());
  if (call.method == "POST") return collection.Create(call);
  if (call.method == "PATCH") return collection.Patch(call, id);
  if (call.method == "DELETE") return collection.Delete(id);
  return id.empty() ? collection.List(call) : collection.Get(id);
}

// A missing permission is answered just like an ended session.
void ManagementApi::Authorize(const Call& call, const CollectionNames& names) {
  const Actor actor = sessions_.Require(call);
  if (actor.identity.value("isAdmin", false)) return;
  const json& permissions = actor.identity.at("permissions");
  const std::string permission = names.permission;
  if (world_.Is20() && (Has(permissions, permission) ||
                        Has(permissions, permission + "." + OperationOf(call.method))))
    return;
  throw Unauthorized();
}

}  // namespace dev_controller

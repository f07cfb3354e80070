#include "tools/dev_controller/terminators.h"

#include "absl/time/clock.h"

#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/ids.h"

namespace dev_controller {
namespace {

using nlohmann::json;

std::string NameOf(const Store& store, Table table, const std::string& id) {
  const Store::Row* row = store.Find(table, id);
  return row == nullptr ? "" : TextOf(*row, "name");
}

}  // namespace

Terminators::Terminators(World& world)
    : Collection(world,
                 {"terminators", "terminator", "terminator", "terminator", Table::kTerminators}) {}

json Terminators::Shown(const Store::Row& row, View) const {
  const std::string service_id = TextOf(row, "serviceId");
  const std::string router_id = TextOf(row, "routerId");
  json shown = BaseOf(row, "terminators", {});
  for (const char* field : {"address", "binding", "hostId", "routerId", "serviceId"})
    shown[field] = row.at(field);
  shown["cost"] = 0;
  shown["dynamicCost"] = 0;
  shown["identity"] = "";  // of an addressable terminator; hostId is the identity that hosts
  shown["precedence"] = "default";
  shown["router"] =
      ReferenceTo("routers", router_id, NameOf(world_.store, Table::kRouters, router_id), {});
  shown["service"] =
      ReferenceTo("services", service_id, NameOf(world_.store, Table::kServices, service_id),
                  {"configs", "service-edge-router-policies", "service-policies", "terminators"});
  return shown;
}

std::vector<std::string> Terminators::FilterableFields() const {
  return {"id",         "createdAt",  "updatedAt",    "tags",       "isSystem",
          "service",    "router",     "binding",      "address",    "hostId",
          "instanceId", "sourceCtrl", "service.name", "router.name"};
}

std::string Terminators::Host(const std::string& identity_id, const std::string& service_id,
                              const std::string& router_id) {
  const Store& store = world_.store;
  if (store.Find(Table::kIdentities, identity_id) == nullptr)
    throw NotFound("identity with id " + identity_id + " not found");
  if (store.Find(Table::kServices, service_id) == nullptr)
    throw NotFound("service with id " + service_id + " not found");
  const Store::Rows& routers = store.rows(Table::kRouters);
  const auto router = router_id.empty() ? routers.begin() : routers.find(router_id);
  if (router == routers.end()) throw NotFound("edgeRouter with id " + router_id + " not found");

  const std::string now = Timestamp(absl::Now());
  const std::string id = NewLongId();
  world_.store.Put(Table::kTerminators, id,
                   {{"id", id},
                    {"serviceId", service_id},
                    {"routerId", router->first},
                    {"hostId", identity_id},
                    {"binding", "edge"},
                    {"address", "hosted:" + NewUuid()},
                    {"tags", json::object()},
                    {"createdAt", now},
                    {"updatedAt", now}});
  return id;
}

json Terminators::FilterValue(const Store::Row& row, const std::string& field) const {
  if (field == "service") return Collection::FilterValue(row, "serviceId");
  if (field == "router") return Collection::FilterValue(row, "routerId");
  if (field == "service.name")
    return NameOf(world_.store, Table::kServices, TextOf(row, "serviceId"));
  if (field == "router.name") return NameOf(world_.store, Table::kRouters, TextOf(row, "routerId"));
  return Collection::FilterValue(row, field);
}

}  // namespace dev_controller

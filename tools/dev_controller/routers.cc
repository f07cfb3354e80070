#include "tools/dev_controller/routers.h"

#include <utility>

#include "absl/time/clock.h"

#include "tools/dev_controller/ids.h"
#include "tools/dev_controller/services.h"

namespace dev_controller {
namespace {

using nlohmann::json;

// Where a router would be: nowhere (RFC 2606).
constexpr char kHostname[] = "router.invalid";

json Protocols() {
  return {{"tls", std::string("tls://") + kHostname + ":443"}};
}

}  // namespace

Routers::Routers(World& world)
    : Collection(world, {"edge-routers", "edgeRouter", "edgeRouter", "router", Table::kRouters}) {}

json Routers::Shown(const Store::Row& row, View) const {
  json shown = BaseOf(row, "edge-routers", {"edge-router-policies"});
  for (const char* field : {"name", "isOnline", "certPem", "fingerprint"})
    shown[field] = row.at(field);
  shown.update({{"appData", json::object()},
                {"cost", 0},
                {"disabled", false},
                {"hostname", kHostname},
                {"interfaces", nullptr},
                {"isTunnelerEnabled", false},
                {"isVerified", true},
                {"noTraversal", false},
                {"roleAttributes", json::array({"public"})},
                {"supportedProtocols", Protocols()},
                {"syncStatus", "SYNC_DONE"},
                {"unverifiedCertPem", nullptr},
                {"unverifiedFingerprint", nullptr},
                {"versionInfo",
                 {{"arch", "amd64"},
                  {"buildDate", "2020-01-01 01:01:01"},
                  {"os", "linux"},
                  {"revision", "local"},
                  {"version", "development"}}}});
  if (world_.Is20()) shown.update({{"capabilities", nullptr}, {"configs", nullptr}});
  return shown;
}

std::vector<std::string> Routers::FilterableFields() const {
  std::vector<std::string> fields = {
      "id",          "createdAt",  "updatedAt",   "tags",           "isSystem",
      "name",        "connected",  "online",      "cost",           "disabled",
      "fingerprint", "isVerified", "noTraversal", "roleAttributes", "isTunnelerEnabled"};
  if (world_.Is20()) fields.emplace_back("ctrlChanListeners");
  return fields;
}

std::string Routers::Add(const std::string& name) {
  CheckUnique("name", name, "", "name must be unique");
  const std::string id = NewShortId();
  const std::string now = Timestamp(absl::Now());
  const std::string chain = world_.authority.IssueForRouter(id);
  world_.store.Put(Table::kRouters, id,
                   {{"id", id},
                    {"name", name},
                    {"isOnline", true},
                    {"certPem", chain},
                    {"fingerprint", Fingerprint(CertificateOfPem(chain).get())},
                    {"roleAttributes", json::array({"public"})},
                    {"tags", json::object()},
                    {"createdAt", now},
                    {"updatedAt", now}});
  return id;
}

void Routers::SetOnline(const std::string& id, bool online) {
  Store::Row row = Found(id);
  row["isOnline"] = online;
  row["updatedAt"] = Timestamp(absl::Now());
  world_.store.Put(Table::kRouters, id, std::move(row));
}

json Routers::ShownToClient(const Store::Row& row) const {
  json shown = BaseOf(row, "edge-routers", {"edge-router-policies"});
  shown.update({{"name", row.at("name")},
                {"hostname", ""},
                {"isOnline", row.at("isOnline")},
                {"supportedProtocols", Protocols()},
                {"syncStatus", "SYNC_DONE"},
                {"cost", nullptr},
                {"disabled", nullptr},
                {"noTraversal", nullptr}});
  if (world_.Is20()) shown["capabilities"] = nullptr;
  return shown;
}

json Routers::ForSession() const {
  json list = json::array();
  for (const auto& [id, row] : world_.store.rows(Table::kRouters)) {
    list.push_back({{"name", row.at("name")},
                    {"hostname", kHostname},
                    {"isOnline", row.at("isOnline")},
                    {"supportedProtocols", Protocols()},
                    {"urls", Protocols()},
                    {"syncStatus", "SYNC_DONE"},
                    {"cost", 0},
                    {"disabled", false},
                    {"noTraversal", false}});
    if (world_.Is20()) list.back()["capabilities"] = nullptr;
  }
  return list;
}

void Routers::BeforeDelete(const Store::Row& row) {
  EraseWhere(world_.store, Table::kTerminators, "routerId", TextOf(row, "id"));
}

}  // namespace dev_controller

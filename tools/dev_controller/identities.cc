#include "tools/dev_controller/identities.h"

#include <utility>

#include "absl/time/clock.h"

#include "tools/dev_controller/body.h"
#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/ids.h"
#include "tools/dev_controller/jwt.h"
#include "tools/dev_controller/roles.h"
#include "tools/dev_controller/services.h"

namespace dev_controller {
namespace {

using nlohmann::json;

std::vector<std::string> Below() {
  return {"authenticators",  "edge-router-policies",    "edge-routers",
          "enrollments",     "failed-service-requests", "posture-data",
          "service-configs", "service-policies",        "services"};
}

// Every identity is under the default authentication policy, which has no row here.
json PolicyLink() {
  return {{"href", "./auth-policies/default"}};
}

json DefaultReference(const char* entity, const char* id) {
  return {{"_links", {{"self", {{"href", std::string("./") + entity + "/" + id}}}}},
          {"entity", entity},
          {"id", id},
          {"name", "Default"}};
}

std::string NotUnique(const std::string& value) {
  return "duplicate value '" + value + "' in unique index on identities store";
}

// What an identity has without anybody having said anything about it.
json Defaults() {
  return {{"appData", json::object()},
          {"authPolicy", DefaultReference("auth-policies", "default")},
          {"authPolicyId", "default"},
          {"defaultHostingCost", 0},
          {"defaultHostingPrecedence", "default"},
          {"disabled", false},
          {"edgeRouterConnectionStatus", "offline"},
          {"hasEdgeRouterConnection", false},
          {"interfaces", nullptr},
          {"isMfaEnabled", false},
          {"serviceHostingCosts", json::object()},
          {"serviceHostingPrecedences", json::object()},
          {"type", DefaultReference("identity-types", "Default")},
          {"typeId", "Default"}};
}

bool HasRow(const Store& store, Table table, const char* field, const std::string& value) {
  for (const auto& [id, row] : store.rows(table)) {
    if (HasText(row, field, value)) return true;
  }
  return false;
}

Store::Row NewIdentity(const std::string& id, const std::string& name, bool is_admin) {
  return {{"id", id},
          {"name", name},
          {"isAdmin", is_admin},
          {"isDefaultAdmin", false},
          {"externalId", nullptr},
          {"roleAttributes", nullptr},
          {"permissions", nullptr},
          {"enrollment", json::object()},
          {"envInfo", json::object()},
          {"sdkInfo", json::object()}};
}

}  // namespace

Identities::Identities(World& world)
    : Collection(world, {"identities", "identity", "identity", "identity", Table::kIdentities}) {}

json Identities::Shown(const Store::Row& row, View) const {
  const std::string id = TextOf(row, "id");
  json shown = BaseOf(row, "identities", Below());
  shown["_links"]["auth-policies"] = PolicyLink();
  shown.update(Defaults());
  for (const char* field : {"name", "isAdmin", "isDefaultAdmin", "externalId", "roleAttributes",
                            "permissions", "enrollment", "envInfo", "sdkInfo"})
    shown[field] = row.at(field);
  shown["authenticators"] = AuthenticatorsOf(id);
  shown["hasApiSession"] = HasRow(world_.store, Table::kApiSessions, "identityId", id);
  return shown;
}

std::vector<std::string> Identities::FilterableFields() const {
  return {"id",   "createdAt",  "updatedAt", "tags",           "isSystem", "authPolicyId",
          "name", "externalId", "isAdmin",   "isDefaultAdmin", "type",     "roleAttributes"};
}

Store::Row Identities::NewRow(const json& body) {
  RequireFields(body, {"isAdmin", "name", "type"});
  RequireOneOf(body, "type", {"User", "Device", "Service", "Router", "Default"});
  const std::string name = TextField(body, "name");
  const std::vector<std::string> attributes = TextsField(body, "roleAttributes");
  CheckAttributes(attributes);
  CheckUnique("name", name, "", NotUnique(name));
  CheckExternalId(body, "");
  const json enrollment = ObjectField(body, "enrollment");
  for (const char* other : {"ottca", "updb"}) {
    if (Names(enrollment, other))
      throw InvalidField("enrollment", "the development controller enrolls by ott only", other);
  }

  Store::Row row = NewIdentity(NewShortId(), name, BoolField(body, "isAdmin", false));
  row["type"] = "Default";
  row["authPolicyId"] = "default";
  row["roleAttributes"] = ListOrNull(attributes);
  if (Names(body, "externalId")) row["externalId"] = TextField(body, "externalId");
  // 1.6 takes them and makes nothing of them.
  if (world_.Is20()) row["permissions"] = ListOrNull(TextsField(body, "permissions"));
  if (BoolField(enrollment, "ott", false))
    row["enrollment"] = {{"ott", NewOneTimeToken(TextOf(row, "id"))}};
  return row;
}

Store::Row Identities::Changed(Store::Row row, const json& body) {
  const std::string id = TextOf(row, "id");
  if (Names(body, "name")) {
    row["name"] = TextField(body, "name");
    CheckUnique("name", TextOf(row, "name"), id, NotUnique(TextOf(row, "name")));
  }
  if (Names(body, "roleAttributes")) {
    const std::vector<std::string> attributes = TextsField(body, "roleAttributes");
    CheckAttributes(attributes);
    row["roleAttributes"] = ListOrNull(attributes);
  }
  if (Names(body, "externalId")) {
    CheckExternalId(body, id);
    row["externalId"] = TextField(body, "externalId");
  }
  if (Names(body, "isAdmin")) row["isAdmin"] = BoolField(body, "isAdmin", false);
  if (Names(body, "permissions") && world_.Is20())
    row["permissions"] = ListOrNull(TextsField(body, "permissions"));
  return row;
}

void Identities::BeforeDelete(const Store::Row& row) {
  const std::string id = TextOf(row, "id");
  if (row.value("isDefaultAdmin", false))
    throw Refusal(400, "ENTITY_CAN_NOT_BE_DELETED", "The entity can not be deleted");
  Store& store = world_.store;
  EraseWhere(store, Table::kAuthenticators, "identityId", id);
  EraseWhere(store, Table::kApiSessions, "identityId", id);
  EraseWhere(store, Table::kSessions, "identityId", id);
  if (!world_.settings.oidc_deletes) EraseWhere(store, Table::kTerminators, "hostId", id);
  const Store::Rows policies = store.rows(Table::kPolicies);
  for (const auto& [policy_id, policy] : policies) {
    json roles = RolesWithout(policy["identityRoles"], id);
    if (roles == policy["identityRoles"]) continue;
    Store::Row changed = policy;
    changed["identityRoles"] = std::move(roles);
    store.Put(Table::kPolicies, policy_id, std::move(changed));
  }
}

json Identities::NewOneTimeToken(const std::string& identity_id) const {
  const absl::Time expires_at = absl::Now() + kOneTimeTokenLife;
  const std::string token = NewUuid();
  const json claims = {{"iss", world_.addresses.client_root},
                       {"sub", identity_id},
                       {"aud", json::array({""})},
                       {"exp", absl::ToUnixSeconds(expires_at)},
                       {"jti", token},
                       {"em", "ott"},
                       {"ctrls", json::array({"tls:controller.invalid:6262"})}};
  const Authority& authority = world_.authority;
  return {{"id", NewShortId()},
          {"token", token},
          {"expiresAt", Timestamp(expires_at)},
          {"jwt", SignedJwt(authority.server_key(), authority.server_fingerprint(), claims)}};
}

json Identities::AuthenticatorsOf(const std::string& identity_id) const {
  json shown = json::object();
  for (const auto& [id, row] : world_.store.rows(Table::kAuthenticators)) {
    if (!HasText(row, "identityId", identity_id)) continue;
    if (HasText(row, "method", "cert"))
      shown["cert"] = {{"id", id}, {"fingerprint", row.at("fingerprint")}};
    if (HasText(row, "method", "updb"))
      shown["updb"] = {{"id", id}, {"username", row.at("username")}};
  }
  return shown;
}

void Identities::CheckExternalId(const json& body, const std::string& own_id) const {
  const std::string value = TextField(body, "externalId");
  if (!value.empty()) CheckUnique("externalId", value, own_id, NotUnique(value));
}

void EnsureAdmin(World& world) {
  const std::string now = Timestamp(absl::Now());
  const std::string& username = world.settings.admin_user;
  const Store::Rows authenticators = world.store.rows(Table::kAuthenticators);
  for (const auto& [id, row] : authenticators) {
    if (!HasText(row, "method", "updb")) continue;
    Store::Row renamed = row;
    renamed["username"] = username;
    if (renamed != row) world.store.Put(Table::kAuthenticators, id, std::move(renamed));
    return world.store.Commit();
  }
  Store::Row admin = NewIdentity(NewShortId(), "Default Admin", true);
  admin.update({{"isDefaultAdmin", true},
                {"type", "Default"},
                {"authPolicyId", "default"},
                {"tags", json::object()},
                {"createdAt", now},
                {"updatedAt", now}});
  const Store::Row authenticator = {{"id", NewShortId()},     {"identityId", TextOf(admin, "id")},
                                    {"method", "updb"},       {"username", username},
                                    {"tags", json::object()}, {"createdAt", now},
                                    {"updatedAt", now}};
  world.store.Put(Table::kIdentities, TextOf(admin, "id"), admin);
  world.store.Put(Table::kAuthenticators, TextOf(authenticator, "id"), authenticator);
  world.store.Commit();
}

json IdentityReference(const World& world, const std::string& id) {
  const Store::Row* identity = world.store.Find(Table::kIdentities, id);
  json reference =
      ReferenceTo("identities", id, identity == nullptr ? "" : TextOf(*identity, "name"), Below());
  reference["_links"]["auth-policies"] = PolicyLink();
  return reference;
}

}  // namespace dev_controller

#include "tools/dev_controller/client_api.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

#include "tools/dev_controller/body.h"
#include "tools/dev_controller/enrollment.h"
#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/identities.h"
#include "tools/dev_controller/ids.h"
#include "tools/dev_controller/jwt.h"
#include "tools/dev_controller/paging.h"
#include "tools/dev_controller/routers.h"
#include "tools/dev_controller/routes.h"
#include "tools/dev_controller/services.h"

namespace dev_controller {
namespace {

using nlohmann::json;

constexpr char kNoRouters[] =
    "No edge routers are assigned and online to handle the requested connection";

constexpr absl::Duration kSessionTokenLife = absl::Hours(24 * 365);

const Store::Row* SameSession(const Store::Rows& sessions, const Store::Row& wanted) {
  for (const auto& [id, row] : sessions) {
    if (row.at("apiSessionId") == wanted.at("apiSessionId") &&
        row.at("serviceId") == wanted.at("serviceId") && row.at("type") == wanted.at("type"))
      return &row;
  }
  return nullptr;
}

}  // namespace

Answer ClientApi::Serve(const Call& call) {
  const std::vector<std::string> path = Segments(call.path, kClientPath);
  if (path.empty()) NoSuchPath(call);
  if (path.size() == 1 && path[0] == "version")
    return Dispatch(call, {{"GET", [&] { return VersionAnswer(world_); }}});
  if (path.size() == 1 && path[0] == "authenticate")
    return Dispatch(call, {{"POST", [&] { return LogIn(call); }}});
  if (path.size() == 1 && path[0] == "enroll")
    return Dispatch(call, {{"POST", [&] { return Enroll(world_, call); }}});
  if (path[0].starts_with("current-")) return ServeOwn(call, path);
  if (path[0] == "services") return ServeServices(call, path);
  if (path[0] == "sessions") return ServeSessions(call, path);
  NoSuchPath(call);
}

// What the caller is and has.
Answer ClientApi::ServeOwn(const Call& call, const std::vector<std::string>& path) {
  const auto require = [&] { return sessions_.Require(call); };
  const std::string below = path.size() == 2 ? path[1] : "";
  if (path.size() > 2) NoSuchPath(call);
  if (path[0] == "current-identity" && below.empty()) {
    return Dispatch(
        call, {{"GET", [&] {
                  return DataAnswer(Identities(world_).Shown(require().identity, View::kDetail));
                }}});
  }
  if (path[0] == "current-identity" && below == "edge-routers") {
    return Dispatch(call, {{"GET", [&] {
                              require();
                              return ListRouters(call);
                            }}});
  }
  if (path[0] == "current-api-session" && below.empty()) {
    return Dispatch(call, {{"GET", [&] { return sessions_.Current(require()); }},
                           {"DELETE", [&] { return sessions_.LogOut(require()); }}});
  }
  if (path[0] == "current-api-session" && below == "service-updates") {
    // The client compares it with what it saw last; it always has to look here.
    return Dispatch(call, {{"GET", [&] {
                              require();
                              return DataAnswer({{"lastChangeAt", Timestamp(absl::Now())}});
                            }}});
  }
  NoSuchPath(call);
}

Answer ClientApi::ServeServices(const Call& call, const std::vector<std::string>& path) {
  if (path.size() > 2) NoSuchPath(call);
  return Dispatch(call, {{"GET", [&] {
                            const Actor actor = sessions_.Require(call);
                            return path.size() == 1 ? ListServices(call, actor)
                                                    : GetService(actor, path[1]);
                          }}});
}

Answer ClientApi::ServeSessions(const Call& call, const std::vector<std::string>& path) {
  if (path.size() == 1) {
    return Dispatch(call, {{"POST", [&] { return CreateSession(call, sessions_.Require(call)); }}});
  }
  if (path.size() > 2) NoSuchPath(call);
  return Dispatch(call,
                  {{"DELETE", [&] { return DeleteSession(sessions_.Require(call), path[1]); }}});
}

Answer ClientApi::LogIn(const Call& call) {
  Answer answer = sessions_.LogIn(call);
  const json data = json::parse(answer.body).at("data");
  record_.NoteLogin(TextOf(data, "identityId"), call);
  return answer;
}

Answer ClientApi::ListRouters(const Call& call) const {
  const Routers routers(world_);
  const ListPlan plan{
      [&](const Store::Row& row, const std::string& field) { return routers.FieldOf(row, field); },
      [&](const Store::Row& row) { return routers.ShownToClient(row); },
      routers.FilterableFields()};
  return ListAnswer(call, world_.store.rows(Table::kRouters), plan);
}

Answer ClientApi::ListServices(const Call& call, const Actor& actor) const {
  const Services services(world_);
  Store::Rows visible;
  for (const auto& [id, row] : world_.store.rows(Table::kServices)) {
    if (!VisibleGrants(actor, row).empty()) visible.emplace(id, row);
  }
  const ListPlan plan{
      [&](const Store::Row& row, const std::string& field) { return services.FieldOf(row, field); },
      [&](const Store::Row& row) {
        return services.ShownTo(VisibleGrants(actor, row), row, View::kList);
      },
      services.FilterableFields()};
  return ListAnswer(call, visible, plan);
}

Answer ClientApi::GetService(const Actor& actor, const std::string& id) const {
  const Store::Row& service = VisibleService(actor, id);
  return DataAnswer(
      Services(world_).ShownTo(VisibleGrants(actor, service), service, View::kDetail));
}

Answer ClientApi::CreateSession(const Call& call, const Actor& actor) {
  const json body = ParsedBody(call, "session");
  RequireOneOf(body, "type", {"Dial", "Bind"});
  const std::string service_id = TextField(body, "serviceId");
  const std::string asked = TextField(body, "type");
  const std::string type = asked.empty() ? "Dial" : asked;
  try {
    CheckGrant(actor, service_id, type);
  } catch (const Refusal&) {
    record_.NoteSession(actor.identity_id, service_id, type, /*granted=*/false);
    throw;
  }
  record_.NoteSession(actor.identity_id, service_id, type, /*granted=*/true);

  const std::string now = Timestamp(absl::Now());
  const Store::Row session = {{"id", NewSessionId()},
                              {"token", NewUuid()},
                              {"apiSessionId", actor.session_id},
                              {"identityId", actor.identity_id},
                              {"serviceId", service_id},
                              {"type", type},
                              {"tags", json::object()},
                              {"createdAt", now},
                              {"updatedAt", now}};
  // Asking again gives the session there is.
  if (const Store::Row* same = SameSession(world_.store.rows(Table::kSessions), session))
    return DataAnswer(ShownNewSession(*same), 201);
  world_.store.Put(Table::kSessions, TextOf(session, "id"), session);
  return DataAnswer(ShownNewSession(session), 201);
}

Answer ClientApi::DeleteSession(const Actor& actor, const std::string& id) {
  const Store::Row* session = world_.store.Find(Table::kSessions, id);
  if (session == nullptr || !HasText(*session, "identityId", actor.identity_id))
    throw NotFound("session with id " + id + " not found");
  world_.store.Erase(Table::kSessions, id);
  return EmptyAnswer();
}

// A service the identity has nothing to do with does not exist for it; of one it may use in the
// other way only, it is told the same in another form.
void ClientApi::CheckGrant(const Actor& actor, const std::string& service_id,
                           const std::string& type) const {
  const std::vector<Grant> grants = VisibleGrants(actor, VisibleService(actor, service_id));
  const bool granted = std::any_of(grants.begin(), grants.end(),
                                   [&](const Grant& grant) { return grant.type == type; });
  if (!granted) throw InvalidField("ServiceId", "service not found", service_id);
  if (world_.store.rows(Table::kRouters).empty())
    throw Refusal(400, "NO_EDGE_ROUTERS_AVAILABLE", kNoRouters);
}

std::vector<Grant> ClientApi::VisibleGrants(const Actor& actor, const Store::Row& service) const {
  if (actor.identity.value("isAdmin", false)) return {{"", "Dial"}, {"", "Bind"}};
  return GrantsOf(world_.store, actor.identity, service);
}

const Store::Row& ClientApi::VisibleService(const Actor& actor, const std::string& id) const {
  const Store::Row* service = world_.store.Find(Table::kServices, id);
  if (service == nullptr || VisibleGrants(actor, *service).empty())
    throw NotFound("service with id " + id + " not found");
  return *service;
}

json ClientApi::ShownNewSession(const Store::Row& session) const {
  json shown = {{"id", session.at("id")},
                {"apiSessionId", session.at("apiSessionId")},
                {"edgeRouters", Routers(world_).ForSession()},
                {"identityId", session.at("identityId")},
                {"serviceId", session.at("serviceId")},
                {"type", session.at("type")}};
  if (world_.Is20()) {
    // What is known by the ids is left out, and the token is another one for each answer.
    for (const char* field : {"_links", "apiSession", "createdAt", "service", "updatedAt"})
      shown[field] = nullptr;
    shown["token"] = SessionToken(session);
    return shown;
  }
  const std::string service_id = TextOf(session, "serviceId");
  const Store::Row* service = world_.store.Find(Table::kServices, service_id);
  shown.update(BaseOf(session, "sessions", {"route-path"}));
  shown["apiSession"] =
      ReferenceTo("api-sessions", TextOf(session, "apiSessionId"), "", {"sessions"});
  shown["apiSession"].erase("name");  // it has none
  shown["service"] =
      ReferenceTo("services", service_id, service == nullptr ? "" : TextOf(*service, "name"),
                  {"configs", "service-edge-router-policies", "service-policies", "terminators"});
  shown["token"] = session.at("token");
  return shown;
}

// What a router of 2.0 would let in: a JWT of the controller, in the name of the session.
std::string ClientApi::SessionToken(const Store::Row& session) const {
  const absl::Time now = absl::Now();
  const json claims = {{"iss", world_.addresses.client_root},
                       {"sub", session.at("serviceId")},
                       {"aud", json::array({"openziti"})},
                       {"iat", absl::ToUnixSeconds(now)},
                       {"exp", absl::ToUnixSeconds(now + kSessionTokenLife)},
                       {"jti", session.at("id")},
                       {"z_asid", session.at("apiSessionId")},
                       {"z_iid", session.at("identityId")},
                       {"z_t", "s"},
                       {"z_st", session.at("type")},
                       {"z_leg", true}};
  return SignedJwt(world_.authority.server_key(), world_.authority.server_fingerprint(), claims);
}

}  // namespace dev_controller

#include "tools/dev_controller/api_sessions.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"

#include "tools/dev_controller/body.h"
#include "tools/dev_controller/identities.h"
#include "tools/dev_controller/ids.h"
#include "tools/dev_controller/services.h"

namespace dev_controller {
namespace {

using nlohmann::json;

// Statuses of their own for query parameters that are missing or none of the choices.
constexpr int kQueryMissing = 602;
constexpr int kQueryNoChoice = 606;

bool SameSecret(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Answer ApiSessions::LogIn(const Call& call) {
  const std::string method = call.Query("method");
  if (method.empty())
    throw InvalidField("method", "method in query is required", "", kQueryMissing);
  if (method != "password" && method != "cert" && method != "ext-jwt")
    throw InvalidField("method", "method in query should be one of [password cert ext-jwt]", method,
                       kQueryNoChoice);
  if (method == "ext-jwt") throw InvalidAuthentication();
  const Store::Row& owner = method == "password" ? PasswordOwner(call) : CertificateOwner(call);
  const Store::Row session = NewSession(call, owner);
  world_.store.Put(Table::kApiSessions, TextOf(session, "id"), session);
  NoteSdk(call, TextOf(session, "identityId"));
  Answer answer = DataAnswer(Shown(session));
  answer.headers.emplace_back("zt-session", TextOf(session, "token"));
  return answer;
}

Actor ApiSessions::Require(const Call& call) {
  if (call.session.empty()) throw Unknown(/*has_token=*/false);
  const Store::Rows& sessions = world_.store.rows(Table::kApiSessions);
  const auto found = std::find_if(sessions.begin(), sessions.end(), [&](const auto& session) {
    return SameSecret(TextOf(session.second, "token"), call.session);
  });
  if (found == sessions.end()) throw Unknown(/*has_token=*/true);
  const auto& [id, session] = *found;
  const std::string identity_id = TextOf(session, "identityId");
  const Store::Row* identity = world_.store.Find(Table::kIdentities, identity_id);
  const absl::Time now = absl::Now();
  // An ended session keeps its row until the next log-in clears it away: a refusal changes nothing.
  if (identity == nullptr || now >= LastUse(session) + world_.settings.session_timeout)
    throw Unknown(/*has_token=*/true);
  if (!world_.Is20()) last_use_[id] = now;
  return {id, identity_id, *identity};
}

Answer ApiSessions::Current(const Actor& actor) const {
  return DataAnswer(Shown(*world_.store.Find(Table::kApiSessions, actor.session_id)));
}

Answer ApiSessions::LogOut(const Actor& actor) {
  Erase(actor.session_id);
  return EmptyAnswer();
}

void ApiSessions::End(const std::string& token) {
  std::vector<std::string> ended;
  for (const auto& [id, session] : world_.store.rows(Table::kApiSessions)) {
    if (HasText(session, "token", token)) ended.push_back(id);
  }
  for (const std::string& id : ended) Erase(id);
}

void ApiSessions::EndOthers(const std::string& session_id) {
  std::vector<std::string> ended;
  for (const auto& [id, session] : world_.store.rows(Table::kApiSessions)) {
    if (id != session_id) ended.push_back(id);
  }
  for (const std::string& id : ended) Erase(id);
}

const Store::Row& ApiSessions::AuthenticatorBy(const std::string& field,
                                               const std::string& value) const {
  for (const auto& [id, row] : world_.store.rows(Table::kAuthenticators)) {
    if (!value.empty() && HasText(row, field.c_str(), value)) return row;
  }
  throw InvalidAuthentication();
}

const Store::Row& ApiSessions::PasswordOwner(const Call& call) const {
  const json body = ParsedBody(call, "auth");
  const std::string username = TextField(body, "username");
  const std::string password = TextField(body, "password");
  if (username.empty() || password.empty())
    throw InvalidDocument("username and password fields are required");
  const Store::Row& owner = AuthenticatorBy("username", username);
  if (!SameSecret(password, world_.settings.admin_password)) throw InvalidAuthentication();
  return owner;
}

// TLS has proved that the caller has the key; whose certificate it is only the fingerprint says.
const Store::Row& ApiSessions::CertificateOwner(const Call& call) const {
  return AuthenticatorBy("fingerprint", call.certificate_fingerprint);
}

Store::Row ApiSessions::NewSession(const Call& call, const Store::Row& authenticator) const {
  const std::string now = Timestamp(absl::Now());
  const json body = json::parse(call.body, nullptr, /*allow_exceptions=*/false);
  return {
      {"id", NewSessionId()},
      {"token", NewUuid()},
      {"configTypes", body.is_object() ? body.value("configTypes", json::array()) : json::array()},
      {"identityId", authenticator.at("identityId")},
      {"authenticatorId", authenticator.at("id")},
      {"ipAddress", call.remote_address},
      {"tags", json::object()},
      {"createdAt", now},
      {"updatedAt", now}};
}

// What an SDK says about itself is shown with its identity. Sessions that have ended go.
void ApiSessions::NoteSdk(const Call& call, const std::string& identity_id) {
  const absl::Time now = absl::Now();
  std::vector<std::string> ended;
  for (const auto& [id, session] : world_.store.rows(Table::kApiSessions)) {
    if (now >= LastUse(session) + world_.settings.session_timeout) ended.push_back(id);
  }
  for (const std::string& id : ended) Erase(id);

  const json body = json::parse(call.body, nullptr, /*allow_exceptions=*/false);
  const Store::Row* identity = world_.store.Find(Table::kIdentities, identity_id);
  if (!body.is_object() || identity == nullptr) return;
  Store::Row changed = *identity;
  for (const char* field : {"sdkInfo", "envInfo"}) {
    if (body.contains(field) && body[field].is_object()) changed[field] = body[field];
  }
  if (changed != *identity) world_.store.Put(Table::kIdentities, identity_id, std::move(changed));
}

// On 2.0 a header says which of the two it is.
Refusal ApiSessions::Unknown(bool has_token) const {
  const json cause = {{"code", "UNHANDLED"},
                      {"message", "unauthenticated for invalid credentials"}};
  const Refusal refusal = has_token ? Unauthorized() : Unauthorized(cause);
  if (!world_.Is20()) return refusal;
  const std::string missing =
      "error=\"missing\" error_description=\"no matching token was provided\"";
  return refusal.With("WWW-Authenticate", has_token
                                              ? "zt-session realm=\"zt-session\" error=\"invalid\" "
                                                "error_description=\"token is invalid\""
                                              : "zt-session realm=\"zt-session\" " + missing +
                                                    ",Bearer realm=\"openziti-oidc\" " + missing);
}

absl::Time ApiSessions::LastUse(const Store::Row& session) const {
  const auto used = last_use_.find(TextOf(session, "id"));
  return used == last_use_.end() ? TimeOf(TextOf(session, "createdAt")) : used->second;
}

json ApiSessions::Shown(const Store::Row& session) const {
  const std::string identity_id = TextOf(session, "identityId");
  const absl::Time last_use = LastUse(session);
  const Store::Row* authenticator =
      world_.store.Find(Table::kAuthenticators, TextOf(session, "authenticatorId"));
  const bool with_certificate =
      authenticator != nullptr && HasText(*authenticator, "method", "cert");
  json shown = BaseOf(session, "api-sessions", {"sessions"});
  shown.update({{"authQueries", json::array()},
                {"authenticatorId", session.at("authenticatorId")},
                {"cachedLastActivityAt", Timestamp(last_use)},
                {"configTypes", session.value("configTypes", json::array())},
                {"identity", IdentityReference(world_, identity_id)},
                {"identityId", identity_id},
                {"ipAddress", session.at("ipAddress")},
                {"isCertExtendable", with_certificate},
                {"isMfaComplete", false},
                {"isMfaRequired", false},
                {"lastActivityAt", Timestamp(last_use)},
                {"token", session.at("token")},
                {"expirationSeconds", absl::ToInt64Seconds(world_.settings.session_timeout)},
                {"expiresAt", Timestamp(last_use + world_.settings.session_timeout)}});
  return shown;
}

void ApiSessions::Erase(const std::string& session_id) {
  EraseWhere(world_.store, Table::kSessions, "apiSessionId", session_id);
  world_.store.Erase(Table::kApiSessions, session_id);
  last_use_.erase(session_id);
}

}  // namespace dev_controller

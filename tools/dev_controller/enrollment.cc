#include "tools/dev_controller/enrollment.h"

#include <utility>
#include <variant>

#include "absl/time/clock.h"

#include "tools/dev_controller/collection.h"
#include "tools/dev_controller/csr.h"
#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/ids.h"

namespace dev_controller {
namespace {

using nlohmann::json;

bool AcceptsJson(const std::string& accept) {
  for (const char* type : {"application/json", "application/*", "*/*"}) {
    if (accept.find(type) != std::string::npos) return true;
  }
  return accept.empty();
}

// The identity that waits with this token.
const Store::Row& Waiting(const Store& store, const std::string& token) {
  for (const auto& [id, row] : store.rows(Table::kIdentities)) {
    const json& enrollment = row.at("enrollment");
    const auto ott = enrollment.find("ott");
    if (ott == enrollment.end() || token.empty() || !HasText(*ott, "token", token)) continue;
    if (absl::Now() < TimeOf(TextOf(*ott, "expiresAt"))) return row;
    throw Refusal(400, "ENROLLMENT_EXPIRED", "The enrollment has expired");
  }
  throw InvalidEnrollmentToken();
}

}  // namespace

Answer Enroll(World& world, const Call& call) {
  if (!AcceptsJson(call.accept))
    throw Refusal(415, "UNSUPPORTED_MEDIA",
                  "No suitable accept media types were detected, supports: application/json");
  if (call.Query("method") != "ott")
    throw Refusal(400, "INVALID_ENROLL_METHOD", "The supplied enrollment method is not valid");
  Store::Row identity = Waiting(world.store, call.Query("token"));
  const std::variant<RequestPtr, CsrRefusal> request = ReadCsr(call.body);
  if (const auto* refusal = std::get_if<CsrRefusal>(&request)) throw UnreadableCsr(refusal->reason);

  const std::string identity_id = TextOf(identity, "id");
  const std::string chain = world.authority.IssueForIdentity(
      std::get<RequestPtr>(request).get(), world.Is20() ? "/identity/" + identity_id : "");
  const std::string id = NewShortId();
  const std::string now = Timestamp(absl::Now());
  identity["enrollment"] = json::object();
  world.store.Put(Table::kIdentities, identity_id, std::move(identity));
  world.store.Put(Table::kAuthenticators, id,
                  {{"id", id},
                   {"identityId", identity_id},
                   {"method", "cert"},
                   {"certPem", chain},
                   {"fingerprint", Fingerprint(CertificateOfPem(chain).get())},
                   {"isIssuedByNetwork", true},
                   {"tags", json::object()},
                   {"createdAt", now},
                   {"updatedAt", now}});
  return DataAnswer({{"cert", chain}});
}

}  // namespace dev_controller

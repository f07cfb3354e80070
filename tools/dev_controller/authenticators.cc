#include "tools/dev_controller/authenticators.h"

#include "tools/dev_controller/identities.h"

namespace dev_controller {

using nlohmann::json;

Authenticators::Authenticators(World& world)
    : Collection(world, {"authenticators", "authenticator", "authenticator", "identity",
                         Table::kAuthenticators}) {}

json Authenticators::Shown(const Store::Row& row, View) const {
  const std::string identity_id = TextOf(row, "identityId");
  json shown = BaseOf(row, "authenticators", {});
  shown["_links"]["identities"] = {{"href", "./identities/" + identity_id}};
  shown["identity"] = IdentityReference(world_, identity_id);
  shown["identityId"] = identity_id;
  shown["method"] = row.at("method");
  if (TextOf(row, "method") == "updb") {
    shown["username"] = row.at("username");
    return shown;
  }
  shown["certPem"] = row.at("certPem");
  shown["fingerprint"] = row.at("fingerprint");
  shown["isIssuedByNetwork"] = true;
  return shown;
}

std::vector<std::string> Authenticators::FilterableFields() const {
  return {"id",
          "createdAt",
          "updatedAt",
          "tags",
          "isSystem",
          "method",
          "identity",
          "certFingerprint",
          "certPem",
          "isIssuedByNetwork",
          "publicKeyPrint",
          "isExtendRequested",
          "isKeyRollRequested",
          "extendRequestedAt",
          "lastExtendRolledKeys",
          "lastAuthResolvedToRoot",
          "updbUsername",
          "updbPassword",
          "updbSalt"};
}

json Authenticators::FilterValue(const Store::Row& row, const std::string& field) const {
  if (field == "identity") return Collection::FilterValue(row, "identityId");
  if (field == "certFingerprint") return Collection::FilterValue(row, "fingerprint");
  if (field == "updbUsername") return Collection::FilterValue(row, "username");
  return Collection::FilterValue(row, field);
}

}  // namespace dev_controller

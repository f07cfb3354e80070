#pragma once

#include "tools/dev_controller/collection.h"

namespace dev_controller {

// {management}/identities.
class Identities final : public Collection {
 public:
  explicit Identities(World& world);

  nlohmann::json Shown(const Store::Row& row, View view) const override;
  std::vector<std::string> FilterableFields() const override;

 protected:
  Store::Row NewRow(const nlohmann::json& body) override;
  Store::Row Changed(Store::Row row, const nlohmann::json& body) override;
  // Its certificate, log-ins and sessions end, and policies lose its "@id"; so do its terminators,
  // unless the controller has the ways of 1.6 with OIDC.
  void BeforeDelete(const Store::Row& row) override;

 private:
  nlohmann::json NewOneTimeToken(const std::string& identity_id) const;
  nlohmann::json AuthenticatorsOf(const std::string& identity_id) const;
  void CheckExternalId(const nlohmann::json& body, const std::string& own_id) const;
};

// Makes the administrator at the first start. It logs in with the name and password of the
// settings.
void EnsureAdmin(World& world);

// A reference to an identity, as other rows have it.
nlohmann::json IdentityReference(const World& world, const std::string& id);

}  // namespace dev_controller

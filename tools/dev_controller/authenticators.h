#pragma once

#include "tools/dev_controller/collection.h"

namespace dev_controller {

// {management}/authenticators: the certificates identities log in with, and the administrator's
// password. They come by enrolling and go with their identity.
class Authenticators final : public Collection {
 public:
  explicit Authenticators(World& world);

  std::string CollectionMethods() const override { return "GET"; }
  std::string RowMethods() const override { return "GET"; }
  nlohmann::json Shown(const Store::Row& row, View view) const override;
  std::vector<std::string> FilterableFields() const override;

 protected:
  void BeforeDelete(const Store::Row&) override {}
  nlohmann::json FilterValue(const Store::Row& row, const std::string& field) const override;
};

}  // namespace dev_controller

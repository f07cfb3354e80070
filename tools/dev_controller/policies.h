#pragma once

#include "tools/dev_controller/collection.h"

namespace dev_controller {

// {management}/service-policies.
class Policies final : public Collection {
 public:
  explicit Policies(World& world);

  nlohmann::json Shown(const Store::Row& row, View view) const override;
  std::vector<std::string> FilterableFields() const override;

 protected:
  Store::Row NewRow(const nlohmann::json& body) override;
  Store::Row Changed(Store::Row row, const nlohmann::json& body) override;
  void BeforeDelete(const Store::Row&) override {}
  nlohmann::json FilterValue(const Store::Row& row, const std::string& field) const override;

 private:
  void CheckRoles(const nlohmann::json& body, const char* field, Table table) const;
  nlohmann::json Displayed(const nlohmann::json& roles, Table table) const;
};

}  // namespace dev_controller

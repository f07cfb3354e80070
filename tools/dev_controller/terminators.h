#pragma once

#include "tools/dev_controller/collection.h"

namespace dev_controller {

// {management}/terminators: which identity hosts which service behind which router. There is no
// network that would make them: they come by the development API.
class Terminators final : public Collection {
 public:
  explicit Terminators(World& world);

  std::string CollectionMethods() const override { return "GET"; }
  std::string RowMethods() const override { return "DELETE,GET"; }
  nlohmann::json Shown(const Store::Row& row, View view) const override;
  std::vector<std::string> FilterableFields() const override;

  // A new row, as if a host had begun to listen; `router_id` "" is the first router. Its id.
  std::string Host(const std::string& identity_id, const std::string& service_id,
                   const std::string& router_id);

 protected:
  void BeforeDelete(const Store::Row&) override {}
  nlohmann::json FilterValue(const Store::Row& row, const std::string& field) const override;
};

}  // namespace dev_controller

#pragma once

#include <vector>

#include "tools/dev_controller/collection.h"
#include "tools/dev_controller/roles.h"

namespace dev_controller {

// {management}/services.
class Services final : public Collection {
 public:
  explicit Services(World& world);

  nlohmann::json Shown(const Store::Row& row, View view) const override;
  std::vector<std::string> FilterableFields() const override;

  // A service as the client API shows it to whoever has these grants.
  nlohmann::json ShownTo(const std::vector<Grant>& grants, const Store::Row& row, View view) const;

 protected:
  Store::Row NewRow(const nlohmann::json& body) override;
  Store::Row Changed(Store::Row row, const nlohmann::json& body) override;
  // Its terminators and sessions end; policies lose their "@id" and stay.
  void BeforeDelete(const Store::Row& row) override;
};

// Removes the rows of `table` that have this text in this field.
void EraseWhere(Store& store, Table table, const char* field, const std::string& value);

}  // namespace dev_controller

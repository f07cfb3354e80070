#pragma once

#include "tools/dev_controller/collection.h"

namespace dev_controller {

// {management}/edge-routers. They are rows only: no router runs. They come, go and change by the
// development API.
class Routers final : public Collection {
 public:
  explicit Routers(World& world);

  std::string CollectionMethods() const override { return "GET"; }
  std::string RowMethods() const override { return "GET"; }
  nlohmann::json Shown(const Store::Row& row, View view) const override;
  std::vector<std::string> FilterableFields() const override;

  // A new router that is online. Its id.
  std::string Add(const std::string& name);
  void SetOnline(const std::string& id, bool online);
  // A session's view of the routers it may connect to.
  nlohmann::json ForSession() const;

 protected:
  void BeforeDelete(const Store::Row& row) override;  // its terminators go with it
};

}  // namespace dev_controller

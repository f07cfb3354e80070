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
  // How the client API shows a router to an identity that may connect to it.
  nlohmann::json ShownToClient(const Store::Row& row) const;
  // All of them as they are shown with a session.
  nlohmann::json ForSession() const;

 protected:
  void BeforeDelete(const Store::Row& row) override;  // its terminators go with it
};

}  // namespace dev_controller

#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "adapters/openziti/openziti_overlay.h"
#include "adapters/system/crypto.h"
#include "adapters/system/system_clock.h"
#include "tests/contract/overlay/overlay_rig.h"
#include "tests/support/controller_admin.h"
#include "tests/support/dev_controller_process.h"
#include "tests/support/faulty_gateway.h"

namespace runners::testing {

// The adapter, a gateway that can spoil its requests, and a controller.
class ControllerRig : public OverlayRig {
 public:
  // `process` is the controller when it is a development one.
  explicit ControllerRig(ControllerAccess access,
                         std::unique_ptr<DevControllerProcess> process = nullptr);
  ~ControllerRig() override;

  Overlay& overlay() override { return *overlay_; }
  std::set<std::string> Names(OverlayObject kind, const RunnerId& runner) override;
  std::string PlantForeign(OverlayObject kind, const std::string& name) override;
  bool IsAlive(const std::string& overlay_id) override;
  void LoseNextAnswer() override;
  void GoAway() override { gateway_.Stall(); }
  void ComeBack() override { gateway_.Resume(); }

  openziti::OpenZitiOverlay& openziti() { return *overlay_; }
  ControllerAdmin& admin() { return admin_; }
  FaultyGateway& gateway() { return gateway_; }
  DevControllerProcess* process() { return process_.get(); }

  // How the adapter of this rig is set up; another one is made from it to differ in one thing.
  openziti::OpenZitiOptions Options() const;
  std::unique_ptr<openziti::OpenZitiOverlay> Make(const openziti::OpenZitiOptions& options);

  const std::string& instance_id() const { return instance_id_; }

 private:
  const std::unique_ptr<DevControllerProcess> process_;
  ControllerAdmin admin_;
  FaultyGateway gateway_;
  const std::string instance_id_;
  system::SystemClock clock_;
  NoFaults faults_;
  system::OsEntropy entropy_;
  std::unique_ptr<openziti::OpenZitiOverlay> overlay_;
  std::vector<std::pair<std::string, std::string>> planted_;  // collection, id
};

struct ControllerKind {
  std::string name;
  std::function<std::unique_ptr<ControllerRig>()> make;
};
inline void PrintTo(const ControllerKind& kind, std::ostream* out) {
  *out << kind.name;
}

// The development controller in the ways of both lines; and, with RUNNERS_TEST_CONTROLLER=env, the
// one of ZITI_MANAGEMENT_URL, ZITI_CLIENT_URL, ZITI_CA_FILE, ZITI_USERNAME and
// ZITI_PASSWORD(_FILE), which must not be a development controller.
std::vector<ControllerKind> AllControllers();
std::vector<ControllerKind> DevControllers();

// DevControllers, and one in the ways of 1.6 with OIDC: there a deleted identity goes on hosting.
std::vector<ControllerKind> HostingControllers();

// Collection of the management API that holds objects of a kind.
const char* CollectionOf(OverlayObject kind);

}  // namespace runners::testing

#include "tests/contract/overlay/overlay_rig.h"

#include "absl/time/clock.h"
#include "adapters/system/crypto.h"
#include "adapters/system/system_clock.h"
#include "runners/runner.h"
#include "tests/contract/overlay/controller_rig.h"

namespace runners::testing {
namespace {

class FakeRig final : public OverlayRig {
 public:
  Overlay& overlay() override { return fake_; }
  std::set<std::string> Names(OverlayObject kind, const RunnerId& runner) override {
    std::set<std::string> names = fake_.Names(kind);
    std::erase_if(names, [&](const std::string& name) {
      return !name.starts_with(OverlayServiceName(runner));
    });
    return names;
  }
  std::string PlantForeign(OverlayObject kind, const std::string& name) override {
    return fake_.PlantForeign(kind, name);
  }
  bool IsAlive(const std::string& overlay_id) override { return fake_.IsAlive(overlay_id); }
  void LoseNextAnswer() override { fake_.LoseNextAnswer(); }
  void GoAway() override { fake_.GoAway(); }
  void ComeBack() override { fake_.ComeBack(); }

 private:
  system::SystemClock clock_;
  FakeOverlay fake_{clock_};
};

}  // namespace

std::vector<RigKind> AllRigs() {
  std::vector<RigKind> rigs = {{"Fake", [] { return std::make_unique<FakeRig>(); }}};
  for (const ControllerKind& controller : AllControllers())
    rigs.push_back({controller.name, controller.make});
  return rigs;
}

RunnerId NewRunnerId() {
  return *RunnerId::Parse(NewText());
}

std::string NewText() {
  return system::OsEntropy().NewUuid();
}

absl::Time SoonEnough() {
  return absl::Now() + absl::Seconds(30);
}

}  // namespace runners::testing

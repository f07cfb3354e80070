#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "core/ports/overlay.h"
#include "tests/support/fake_overlay.h"

namespace runners::testing {

// An implementation of the Overlay port with hands in the network behind it.
class OverlayRig {
 public:
  virtual ~OverlayRig() = default;

  virtual Overlay& overlay() = 0;

  // Names of the objects of a kind that begin with `runner-<id>`, whoever made them.
  virtual std::set<std::string> Names(OverlayObject kind, const RunnerId& runner) = 0;

  // An object that is not ours takes a name; its id.
  virtual std::string PlantForeign(OverlayObject kind, const std::string& name) = 0;

  // Whether an identity is still known to the network.
  virtual bool IsAlive(const std::string& overlay_id) = 0;

  // The next change takes effect, and its answer is lost on the way.
  virtual void LoseNextAnswer() = 0;

  // Nobody answers from GoAway to ComeBack.
  virtual void GoAway() = 0;
  virtual void ComeBack() = 0;
};

// A rig by the name it has in the test's name.
struct RigKind {
  std::string name;
  std::function<std::unique_ptr<OverlayRig>()> make;
};

// For GoogleTest's messages.
inline void PrintTo(const RigKind& kind, std::ostream* out) {
  *out << kind.name;
}

// The fake, and the adapter with every controller there is.
std::vector<RigKind> AllRigs();

// A runner nobody has used before, so that a controller may be shared.
RunnerId NewRunnerId();

// A UUID nobody has used before.
std::string NewText();

// Soon enough for a test, late enough for a busy machine.
absl::Time SoonEnough();

}  // namespace runners::testing

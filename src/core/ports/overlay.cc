#include "core/ports/overlay.h"

#include "runners/runner.h"

namespace runners {

std::string IdentityKey::name() const {
  return OverlayServiceName(runner_id) + "-g" + std::to_string(generation);
}

}  // namespace runners

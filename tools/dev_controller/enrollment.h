#pragma once

#include "tools/dev_controller/call.h"
#include "tools/dev_controller/world.h"

namespace dev_controller {

// POST {client}/enroll?method=ott&token=...: trades a one-time token and a certificate request for
// a certificate. A request that is refused leaves the token as it was. Throws Refusal. Used under
// the Controller's lock.
Answer Enroll(World& world, const Call& call);

}  // namespace dev_controller

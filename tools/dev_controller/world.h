#pragma once

#include <string>

#include "tools/dev_controller/authority.h"
#include "tools/dev_controller/settings.h"
#include "tools/dev_controller/store.h"

namespace dev_controller {

// Where the two listeners are: https://127.0.0.1:PORT, without a path.
struct Addresses {
  std::string management_root;
  std::string client_root;
};

// What every part works on. Used by one request at a time: whoever serves one holds the lock of the
// Controller. Nothing is owned.
struct World {
  const Settings& settings;
  const Addresses& addresses;
  const Authority& authority;
  Store& store;

  bool Is20() const { return settings.line == Line::k20; }
};

}  // namespace dev_controller

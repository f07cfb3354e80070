#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "absl/time/time.h"

#include "tools/dev_controller/api_sessions.h"
#include "tools/dev_controller/authority.h"
#include "tools/dev_controller/client_api.h"
#include "tools/dev_controller/dev_api.h"
#include "tools/dev_controller/faults.h"
#include "tools/dev_controller/listener.h"
#include "tools/dev_controller/management_api.h"
#include "tools/dev_controller/record.h"
#include "tools/dev_controller/settings.h"
#include "tools/dev_controller/store.h"
#include "tools/dev_controller/world.h"

namespace dev_controller {

// The whole controller: one state folder, two listeners. Requests are served one at a time; each is
// a change that is written before its answer, or none at all. Thread-safe.
class Controller {
 public:
  // Listens and serves when it returns. Throws std::runtime_error when the state or a port cannot
  // be had.
  explicit Controller(Settings settings);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  std::string management_url() const { return addresses_.management_root + kManagementPath; }
  std::string client_url() const { return addresses_.client_root + kClientPath; }
  std::string ca_file() const;

  // Waits for the request being served and ends the process with status 0: everything else would be
  // to wait for clients, and there is nothing to put away.
  [[noreturn]] void End();

 private:
  enum class Side { kManagement, kClient };

  Listener::Port PortFor(Side side) const;
  void RememberPorts();
  void WriteCaFile() const;
  Listener& ListenerOf(Side side);
  void ShowForeign(const std::string& listener, bool foreign);

  Reply Serve(Side side, const Call& call) noexcept;
  Reply ServeWithFault(Side side, const Call& call, const Fault& fault);
  Answer ServeAlone(Side side, const Call& call);
  Answer Route(Side side, const Call& call);
  void EndSession(const std::string& token);

  const Settings settings_;
  Addresses addresses_;
  std::mutex mutex_;  // held while a request is served; guards all below but the listeners
  Store store_;
  const Authority authority_;
  World world_;
  Record record_;
  Faults faults_;
  ApiSessions sessions_;
  ManagementApi management_;
  ClientApi client_;
  DevApi dev_;
  std::unique_ptr<Listener> management_listener_;
  std::unique_ptr<Listener> client_listener_;
};

}  // namespace dev_controller

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tools/dev_controller/authority.h"
#include "tools/dev_controller/call.h"

namespace dev_controller {

// HTTPS on a port of 127.0.0.1. Asks every client for a certificate and takes any, as a controller
// does: whose it is is for the caller to find out. A connection is closed after 5 s without a
// request, a body over 1 MiB is refused without an envelope. Thread-safe.
class Listener {
 public:
  // Called by many threads at once. Must not throw.
  using Serve = std::function<Reply(const Call&)>;

  // Listens on `port`, or with `fallback` on any free one when that is taken or 0. Throws
  // std::runtime_error when it cannot.
  struct Port {
    int wanted = 0;
    bool fallback = true;
  };
  // `instance` goes out with every answer; an SDK tells by it that the controller has started anew.
  Listener(const Credential& credential, Port port, const std::string& instance, Serve serve);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const;

  void Start();  // from here on requests are served

  // New connections see a certificate of somebody else, or the own one again.
  void ShowForeign(bool foreign);

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace dev_controller

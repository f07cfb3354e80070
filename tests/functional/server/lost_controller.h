#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "tests/functional/server/server_rig.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_ca.h"

namespace runners::testing {

// A controller nobody hears from, on a port of 127.0.0.1 of its own. Immutable.
class LostController {
 public:
  enum class Behaviour {
    kHangs,    // connections are taken by the kernel, and nothing ever answers
    kRefuses,  // connections are refused
  };

  explicit LostController(Behaviour behaviour)
      : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_, generic, size) != 0 || getsockname(socket_, generic, &size) != 0 ||
        (behaviour == Behaviour::kHangs && listen(socket_, 64) != 0)) {
      throw std::runtime_error("cannot take a port");
    }
    url_ = "https://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    ca_file_ = folder_.Write("ca.pem", TestCa("nobody").certificate_pem());
  }
  ~LostController() { close(socket_); }
  LostController(const LostController&) = delete;
  LostController& operator=(const LostController&) = delete;

  // The settings of a server that uses it, and those given.
  Variables SettingsWith(Variables more) const {
    more["ZITI_MANAGEMENT_URL"] = url_;
    more["ZITI_CLIENT_URL"] = url_;
    more["ZITI_CA_FILE"] = ca_file_;
    more["ZITI_USERNAME"] = "runners";
    more["ZITI_PASSWORD"] = "planted-password";
    return more;
  }

 private:
  const int socket_;
  TempFolder folder_;
  std::string url_;
  std::string ca_file_;
};

}  // namespace runners::testing

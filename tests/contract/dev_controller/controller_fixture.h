#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "adapters/openziti/envelope.h"
#include "tests/support/controller_admin.h"
#include "tests/support/dev_controller_process.h"

namespace runners::testing {

inline DevControllerOptions OptionsFor(const std::string& line) {
  DevControllerOptions options;
  options.binary = RUNNERS_BINARY_DIR "/dev_controller";
  options.line = line;
  return options;
}

// A development controller and its administrator.
struct RunningController {
  explicit RunningController(const DevControllerOptions& options)
      : process(options),
        admin({process.management_url(), process.client_url(), process.ca_file(),
               process.username(), process.password()}) {}

  std::string NewService(const std::string& name) {
    return admin.Create("services", {{"name", name}, {"encryptionRequired", true}});
  }

  // The token of a new session of the administrator.
  std::string NewSession();

  // One request on a connection of its own: libcurl repeats a request by itself when a connection
  // it used before is closed on it.
  absl::StatusOr<openziti::HttpResponse> Send(openziti::HttpMethod method, const std::string& url,
                                              const std::string& session,
                                              const nlohmann::json& body = nullptr) const;

  // The identity file of a new identity with this role attribute.
  Secret NewIdentityFile(const std::string& name, const std::string& attribute);

  DevControllerProcess process;
  ControllerAdmin admin;
};

}  // namespace runners::testing

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>

#include "absl/time/time.h"

#include "core/support/secret.h"
#include "tests/support/temp_folder.h"

namespace runners::testing {

struct DevControllerOptions {
  std::string binary;                             // RUNNERS_BINARY_DIR "/dev_controller" in a test
  std::string line = "2.0";                       // "1.6" or "2.0": whose ways it has
  std::optional<absl::Duration> session_timeout;  // whole seconds
  bool oidc_deletes = false;                      // deleted identities keep their terminators
};

// The development controller as a child process on free ports of 127.0.0.1, with its state in a
// temporary folder. Stopped by its pid with this object. Failures to start it are thrown
// (std::runtime_error): the test cannot go on. Thread-compatible.
class DevControllerProcess {
 public:
  explicit DevControllerProcess(DevControllerOptions options);
  ~DevControllerProcess();
  DevControllerProcess(const DevControllerProcess&) = delete;
  DevControllerProcess& operator=(const DevControllerProcess&) = delete;

  void Stop();      // SIGTERM; throws when it did not end by itself with exit status 0
  void Kill();      // SIGKILL
  int AwaitExit();  // of its own accord: its exit status, or 128 + the signal that ended it
  // After Stop, Kill or AwaitExit: on the same state and the same ports. Returns when it is ready.
  void Start();

  void Freeze();  // SIGSTOP: connections are taken, nothing is answered
  void Thaw();    // SIGCONT

  const std::string& management_url() const { return management_url_; }  // with /edge/management/v1
  const std::string& client_url() const { return client_url_; }          // with /edge/client/v1
  const std::string& ca_file() const { return ca_file_; }
  const std::string& username() const { return username_; }
  const Secret& password() const { return password_; }
  pid_t pid() const { return pid_; }

  // Everything it has written to stderr, over all its starts: a line for each request it has
  // served, `METHOD PATH STATUS`, status 0 when it was not answered.
  // From this byte on.
  std::string log(std::size_t from = 0) const;

 private:
  void Spawn();
  std::string AwaitReadyLine();
  void TakeReadyLine(const std::string& line);
  [[noreturn]] void Fail(const std::string& what);

  const DevControllerOptions options_;
  const std::string username_ = "admin";
  const Secret password_{"password-of-the-development-controller"};
  TempFolder folder_;
  std::string log_file_;
  std::string management_url_;
  std::string client_url_;
  std::string ca_file_;
  pid_t pid_ = 0;    // 0: not running
  int output_ = -1;  // read end of its standard output
};

}  // namespace runners::testing

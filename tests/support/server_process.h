#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_folder.h"

namespace runners::testing {

struct ServerOptions {
  std::string binary;  // RUNNERS_BINARY_DIR "/runners" in a test

  // Its settings. GRPC_ADDR=127.0.0.1:0 and CALLER_TRUST=mesh unless they are here; an empty value
  // takes one away.
  std::map<std::string, std::string> environment;
};

// `runners serve` as a child process. Sees the settings given and nothing of this process'
// environment but PATH and the options of sanitizers. Killed by its pid with this object; a secret
// in its log then fails the test. What goes wrong is thrown (std::runtime_error) with its log: the
// test cannot go on. Make it on the main thread: the kernel kills it when the thread that started
// it ends. Thread-compatible.
class ServerProcess {
 public:
  enum class Begin { kReady, kLaunched };

  // kReady: returns when it can be called. kLaunched: returns at once; see AwaitReady, AwaitExit.
  explicit ServerProcess(ServerOptions options, Begin begin = Begin::kReady);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Starts it again after it ended, with the same settings and with others in place of some.
  // Returns when it can be called; on a free port again, so ask for address().
  void Start(const std::map<std::string, std::string>& changed = {});
  void Launch(const std::map<std::string, std::string>& changed = {});  // the same without waiting
  void AwaitReady();  // until it can be called; throws when it ends instead

  void Signal(int signal);
  void Stop();       // SIGTERM; throws when it did not end by itself with exit status 0
  void Kill();       // SIGKILL
  void Freeze();     // SIGSTOP: connections are taken, nothing is answered
  void Thaw();       // SIGCONT
  int AwaitExit();   // its exit status, or 128 + the signal that ended it
  bool IsRunning();  // false also once it has ended by itself
  pid_t pid() const { return pid_; }

  // HOST:PORT for a client.
  const std::string& address() const { return address_; }

  // Everything it has written to stderr, over all its starts.
  std::string log() const;

  // Waits until the log holds `text` `times` times. Throws when it does not in half a minute.
  void AwaitLog(std::string_view text, int times = 1);

 private:
  void Spawn();
  std::vector<std::string> Variables() const;
  [[noreturn]] void Fail(const std::string& what);

  ServerOptions options_;
  TempFolder folder_;
  std::string log_file_;
  std::string address_;
  std::string said_;           // on its standard output, since the last start
  pid_t pid_ = 0;              // 0: not running
  std::optional<int> status_;  // as waitpid gave it, once it has ended
  int output_ = -1;            // read end of its standard output
};

// A command of the same program, run to its end.
struct CommandResult {
  int exit_code = -1;  // or 128 + the signal that ended it
  std::string out;
  std::string err;
};

// Runs `binary` with `arguments`; sees only the variables given, as ServerProcess.
CommandResult RunProgram(const std::string& binary, const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment);

}  // namespace runners::testing

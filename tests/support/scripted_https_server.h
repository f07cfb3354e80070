#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"

#include "core/support/mutex.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_ca.h"

namespace runners::testing {

// What a client asked of the scripted server.
struct ScriptedRequest {
  std::string method;
  std::string path;     // without the query
  std::string target;   // with it, as sent
  std::string session;  // header `zt-session`
  std::string content_type;
  std::string accept;
  std::string body;
};

struct ScriptedAnswer {
  int status = 200;
  std::string body;
  std::string location;  // header `Location`
};

// An HTTPS server on a free port of 127.0.0.1 that answers as the test says, for what no controller
// can be made to do. The script is called by several threads. Throws std::runtime_error when it
// cannot listen. Thread-safe.
class ScriptedHttpsServer {
 public:
  using Script = std::function<ScriptedAnswer(const ScriptedRequest&)>;

  explicit ScriptedHttpsServer(Script script);
  ~ScriptedHttpsServer();
  ScriptedHttpsServer(const ScriptedHttpsServer&) = delete;
  ScriptedHttpsServer& operator=(const ScriptedHttpsServer&) = delete;

  const std::string& url() const { return url_; }          // https://127.0.0.1:PORT
  const std::string& ca_file() const { return ca_file_; }  // verifies it

  // How many requests asked for this, e.g. ("POST", "/edge/management/v1/authenticate").
  int Count(const std::string& method, const std::string& path) const;
  std::vector<ScriptedRequest> requests() const;

 private:
  class Listener;

  ScriptedAnswer Answer(ScriptedRequest request);

  const Script script_;
  const TempFolder folder_;
  const TestCa ca_;
  std::string ca_file_;
  std::string url_;
  mutable Mutex mutex_;
  std::vector<ScriptedRequest> requests_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Listener> listener_;
};

}  // namespace runners::testing

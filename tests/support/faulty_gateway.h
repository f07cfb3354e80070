#pragma once

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"

#include "adapters/openziti/http_client.h"
#include "core/support/mutex.h"
#include "tests/support/controller_admin.h"
#include "tests/support/scripted_https_server.h"

namespace runners::testing {

// What goes wrong with one request.
enum class Fault {
  kLateTimeout,    // 503 TIMEOUT, and the request is applied all the same
  kLostAnswer,     // applied, and the answer is garbage
  kOverload,       // 429, not applied
  kFollowerError,  // 500, not applied
};

// Stands between the service and any controller (real, or the development one) over HTTPS of its
// own, passes everything on and spoils what the test wants spoiled. Thread-safe.
class FaultyGateway {
 public:
  explicit FaultyGateway(const ControllerAccess& behind);
  ~FaultyGateway() { Resume(); }

  const std::string& url() const { return server_.url(); }
  const std::string& ca_file() const { return server_.ca_file(); }

  // The next `times` requests of this method to a path that starts with `path`
  // ("/edge/management/v1/services"). Log-ins are spared unless `path` is theirs.
  void Spoil(const std::string& method, const std::string& path, Fault fault, int times = 1);

  // Every session the controller gave out so far is answered 401.
  void ExpireSessions();

  // Nothing is answered until Resume.
  void Stall();
  void Resume();

  int Count(const std::string& method, const std::string& path) const {
    return server_.Count(method, path);
  }
  int logins() const;
  // What went through, in the order of its arrival.
  std::vector<ScriptedRequest> requests() const { return server_.requests(); }

 private:
  struct Rule {
    std::string method;
    std::string path;
    Fault fault;
    int times;
  };

  ScriptedAnswer Answer(const ScriptedRequest& request);
  ScriptedAnswer Pass(const ScriptedRequest& request);
  ScriptedAnswer Spoiled(const ScriptedRequest& request, Fault fault);
  bool AwaitTurn(const std::string& session);
  bool TakeFault(const ScriptedRequest& request, Fault& fault);

  const std::string management_root_;
  const std::string client_root_;
  openziti::HttpClient http_;
  Mutex mutex_;
  CondVar resumed_;
  bool stalled_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Rule> rules_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> sessions_ ABSL_GUARDED_BY(mutex_);  // seen
  std::vector<std::string> expired_ ABSL_GUARDED_BY(mutex_);
  ScriptedHttpsServer server_;  // last: its threads use all of the above
};

}  // namespace runners::testing

#include "tests/support/scripted_https_server.h"

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#define CPPHTTPLIB_OPENSSL_SUPPORT
#endif
#include <httplib.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace runners::testing {

class ScriptedHttpsServer::Listener {
 public:
  Listener(const TestCa& ca, std::function<ScriptedAnswer(ScriptedRequest)> answer)
      : key_(NewP256Key()),
        certificate_(ca.IssueServer(key_.get())),
        server_(certificate_.get(), key_.get()) {
    const auto handle = [answer](const httplib::Request& request, httplib::Response& response) {
      const ScriptedAnswer scripted =
          answer({request.method, request.path, request.target,
                  request.get_header_value("zt-session"), request.get_header_value("Content-Type"),
                  request.get_header_value("Accept"), request.body});
      response.status = scripted.status;
      if (!scripted.location.empty()) response.set_header("Location", scripted.location);
      response.set_content(scripted.body, "application/json");
    };
    server_.set_tcp_nodelay(true);
    server_.Get(".*", handle).Post(".*", handle).Patch(".*", handle).Delete(".*", handle);
    port_ = server_.bind_to_any_port("127.0.0.1");
    if (port_ <= 0) throw std::runtime_error("no free port");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }

  ~Listener() {
    server_.stop();
    thread_.join();
  }

  int port() const { return port_; }

 private:
  const KeyPtr key_;
  const X509Ptr certificate_;
  httplib::SSLServer server_;
  int port_ = 0;
  std::thread thread_;
};

ScriptedHttpsServer::ScriptedHttpsServer(Script script)
    : script_(std::move(script)), ca_("scripted server CA") {
  ca_file_ = folder_.Write("ca.pem", ca_.certificate_pem());
  listener_ = std::make_unique<Listener>(
      ca_, [this](ScriptedRequest request) { return Answer(std::move(request)); });
  url_ = "https://127.0.0.1:" + std::to_string(listener_->port());
}

ScriptedHttpsServer::~ScriptedHttpsServer() = default;

ScriptedAnswer ScriptedHttpsServer::Answer(ScriptedRequest request) {
  {
    const MutexLock lock(mutex_);
    requests_.push_back(request);
  }
  return script_(request);
}

int ScriptedHttpsServer::Count(const std::string& method, const std::string& path) const {
  const MutexLock lock(mutex_);
  return static_cast<int>(
      std::count_if(requests_.begin(), requests_.end(), [&](const ScriptedRequest& request) {
        return request.method == method && request.path == path;
      }));
}

std::vector<ScriptedRequest> ScriptedHttpsServer::requests() const {
  const MutexLock lock(mutex_);
  return requests_;
}

}  // namespace runners::testing

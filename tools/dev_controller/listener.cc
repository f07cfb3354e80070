#include "tools/dev_controller/listener.h"

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#define CPPHTTPLIB_OPENSSL_SUPPORT
#endif
#include <httplib.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/tls.h"

namespace dev_controller {
namespace {

constexpr char kHost[] = "127.0.0.1";
constexpr std::size_t kMaxBodyBytes = 1U << 20;
// A connection keeps its thread for as long as it is open.
constexpr std::size_t kThreads = 64;
constexpr std::size_t kRequestsPerConnection = 1'000'000;
constexpr int kIdleSeconds = 5;

Call CallOf(const httplib::Request& request) {
  Call call;
  call.method = request.method;
  call.path = request.path;
  for (const auto& [key, value] : request.params) call.query.emplace(key, value);
  call.content_type = request.get_header_value("Content-Type");
  call.accept = request.get_header_value("Accept");
  call.session = request.get_header_value("zt-session");
  call.body = request.body;
  call.remote_address = request.remote_addr;
  call.certificate_fingerprint = PeerFingerprint(request.ssl);
  return call;
}

// Whatever is written after this fails, and the server closes the connection.
void Hang(const httplib::Request& request) {
  shutdown(SSL_get_fd(request.ssl), SHUT_RDWR);
}

void WriteHalf(const std::string& body, const std::string& type, httplib::Response& response) {
  response.set_content_provider(body.size(), type,
                                [body](std::size_t, std::size_t, httplib::DataSink& sink) {
                                  sink.write(body.data(), body.size() / 2);
                                  return false;
                                });
}

void Write(const httplib::Request& request, const Reply& reply, httplib::Response& response) {
  response.status = reply.answer.status;
  for (const auto& [name, value] : reply.answer.headers) response.set_header(name, value);
  switch (reply.delivery) {
    case Delivery::kNever:
      Hang(request);
      break;
    case Delivery::kTruncated:
      WriteHalf(reply.answer.body, reply.answer.content_type, response);
      break;
    case Delivery::kWhole:
      response.set_content(reply.answer.body, reply.answer.content_type);
      break;
  }
}

// Only one process may have a port: no SO_REUSEPORT, which is the library's default.
void SetSocketOptions(int socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

}  // namespace

class Listener::Server {
 public:
  Server(const Credential& credential, Port port, const std::string& instance, Serve serve)
      : tls_(credential),
        serve_(std::move(serve)),
        https_([this](SSL_CTX& context) { return tls_.SetUp(&context); }) {
    if (!https_.is_valid()) throw std::runtime_error("TLS cannot be set up");
    SetLimits();
    https_.set_default_headers(
        {{"Server", "ziti-controller/development"}, {"Ziti-Instance-Id", instance}});
    SetHandlers();
    port_ = Bind(port);
    if (port_ <= 0)
      throw std::runtime_error("cannot listen on port " + std::to_string(port.wanted));
  }

  ~Server() {
    https_.stop();
    if (thread_.joinable()) thread_.join();
  }

  void Start() {
    thread_ = std::thread([this] { https_.listen_after_bind(); });
    while (!https_.is_running()) std::this_thread::yield();  // before that it cannot be stopped
  }

  int port() const { return port_; }
  void ShowForeign(bool foreign) { tls_.ShowForeign(foreign); }

 private:
  void SetLimits() {
    https_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };  // the server owns it
    https_.set_socket_options(&SetSocketOptions);
    https_.set_tcp_nodelay(true);
    https_.set_payload_max_length(kMaxBodyBytes);
    https_.set_keep_alive_max_count(kRequestsPerConnection);
    https_.set_keep_alive_timeout(kIdleSeconds);
  }

  void SetHandlers() {
    const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
      Write(request, serve_(CallOf(request)), response);
    };
    https_.Get(".*", handle).Post(".*", handle).Put(".*", handle);
    https_.Patch(".*", handle).Delete(".*", handle);
    https_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.status != TooLarge().status || !response.body.empty()) return;
      response.set_content(TooLarge().body, TooLarge().content_type);
    });
  }

  int Bind(Port port) {
    if (port.wanted > 0 && https_.bind_to_port(kHost, port.wanted)) return port.wanted;
    return port.wanted == 0 || port.fallback ? https_.bind_to_any_port(kHost) : 0;
  }

  Tls tls_;
  const Serve serve_;
  httplib::SSLServer https_;
  int port_ = 0;
  std::thread thread_;
};

Listener::Listener(const Credential& credential, Port port, const std::string& instance,
                   Serve serve)
    : server_(std::make_unique<Server>(credential, port, instance, std::move(serve))) {}

Listener::~Listener() = default;

int Listener::port() const {
  return server_->port();
}

void Listener::Start() {
  server_->Start();
}

void Listener::ShowForeign(bool foreign) {
  server_->ShowForeign(foreign);
}

}  // namespace dev_controller

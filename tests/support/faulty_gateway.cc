#include "tests/support/faulty_gateway.h"

#include <algorithm>
#include <stdexcept>

#include "adapters/openziti/edge_url.h"

namespace runners::testing {
namespace {

using openziti::EdgeUrl;
using openziti::HttpClientOptions;
using openziti::HttpMethod;
using openziti::HttpRequest;
using openziti::HttpResponse;

constexpr absl::Duration kPassLimit = absl::Seconds(20);
constexpr char kLoginPath[] = "/edge/management/v1/authenticate";

std::string RootOf(const std::string& url) {
  const std::optional<EdgeUrl> parsed = EdgeUrl::Parse(url);
  if (!parsed) throw std::runtime_error("not the URL of a controller: " + url);
  return parsed->root();
}

HttpClientOptions Trusting(const std::string& ca_file) {
  HttpClientOptions options;
  options.ca_file = ca_file;
  return options;
}

HttpMethod MethodOf(const std::string& name) {
  if (name == "POST") return HttpMethod::kPost;
  if (name == "PATCH") return HttpMethod::kPatch;
  if (name == "DELETE") return HttpMethod::kDelete;
  return HttpMethod::kGet;
}

ScriptedAnswer ErrorAnswer(int status, const std::string& code) {
  return {status, R"({"error":{"code":")" + code + R"(","message":"spoiled"},"meta":{}})", ""};
}

}  // namespace

FaultyGateway::FaultyGateway(const ControllerAccess& behind)
    : management_root_(RootOf(behind.management_url)),
      client_root_(RootOf(behind.client_url)),
      http_(Trusting(behind.ca_file)),
      server_([this](const ScriptedRequest& request) { return Answer(request); }) {}

void FaultyGateway::Spoil(const std::string& method, const std::string& path, Fault fault,
                          int times) {
  const MutexLock lock(mutex_);
  rules_.push_back({method, path, fault, times});
}

void FaultyGateway::ExpireSessions() {
  const MutexLock lock(mutex_);
  expired_ = sessions_;
}

void FaultyGateway::Stall() {
  const MutexLock lock(mutex_);
  stalled_ = true;
}

void FaultyGateway::Resume() {
  const MutexLock lock(mutex_);
  stalled_ = false;
  resumed_.NotifyAll();
}

int FaultyGateway::logins() const {
  return server_.Count("POST", kLoginPath);
}

ScriptedAnswer FaultyGateway::Answer(const ScriptedRequest& request) {
  if (!AwaitTurn(request.session)) return ErrorAnswer(401, "UNAUTHORIZED");
  Fault fault{};
  return TakeFault(request, fault) ? Spoiled(request, fault) : Pass(request);
}

// False when the session counts as expired.
bool FaultyGateway::AwaitTurn(const std::string& session) {
  const MutexLock lock(mutex_);
  while (stalled_) resumed_.Wait(mutex_);
  if (session.empty()) return true;
  if (std::find(sessions_.begin(), sessions_.end(), session) == sessions_.end())
    sessions_.push_back(session);
  return std::find(expired_.begin(), expired_.end(), session) == expired_.end();
}

bool FaultyGateway::TakeFault(const ScriptedRequest& request, Fault& fault) {
  const MutexLock lock(mutex_);
  for (Rule& rule : rules_) {
    if (rule.times == 0 || rule.method != request.method || !request.path.starts_with(rule.path))
      continue;
    if (request.path == kLoginPath && rule.path != kLoginPath) continue;
    --rule.times;
    fault = rule.fault;
    return true;
  }
  return false;
}

ScriptedAnswer FaultyGateway::Spoiled(const ScriptedRequest& request, Fault fault) {
  switch (fault) {
    case Fault::kLateTimeout:
      Pass(request);
      return ErrorAnswer(503, "TIMEOUT");
    case Fault::kLostAnswer:
      Pass(request);
      return {200, "{\"data\":{\"id", ""};
    case Fault::kOverload:
      return ErrorAnswer(429, "SERVER_TOO_MANY_REQUESTS");
    case Fault::kFollowerError:
      return ErrorAnswer(500, "UNHANDLED");
  }
  return {};
}

ScriptedAnswer FaultyGateway::Pass(const ScriptedRequest& request) {
  HttpRequest passed;
  passed.method = MethodOf(request.method);
  const bool for_client = request.path.starts_with("/edge/client/");
  passed.url = (for_client ? client_root_ : management_root_) + request.target;
  passed.headers = {"Accept: " + request.accept};
  if (!request.content_type.empty())
    passed.headers.push_back("Content-Type: " + request.content_type);
  if (!request.session.empty()) passed.headers.push_back("zt-session: " + request.session);
  passed.body = request.body;
  const absl::StatusOr<HttpResponse> response = http_.Send(passed, kPassLimit);
  if (!response.ok()) return {502, "the controller behind the gateway did not answer", ""};
  return {response->status, response->body, ""};
}

}  // namespace runners::testing

#include "tools/dev_controller/routes.h"

#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/settings.h"
#include "tools/dev_controller/world.h"

namespace dev_controller {
namespace {

using nlohmann::json;

json Api(const std::string& base_url, const std::string& path) {
  return {{"v1", {{"apiBaseUrls", json::array({base_url})}, {"path", path}}}};
}

}  // namespace

std::vector<std::string> Segments(std::string_view path, std::string_view prefix) {
  std::vector<std::string> segments;
  std::string_view rest = path.substr(prefix.size());
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the slash
    const std::size_t end = rest.find('/');
    segments.emplace_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  }
  return segments;
}

Answer Dispatch(const Call& call, const Methods& methods) {
  const auto method = methods.find(call.method);
  if (method != methods.end()) return method->second();
  std::string allowed;
  for (const auto& [name, action] : methods) allowed += (allowed.empty() ? "" : ",") + name;
  throw MethodNotAllowed(call.method, allowed);
}

void NoSuchPath(const Call& call) {
  throw NotFound("path " + call.path + " was not found");
}

// `capabilities` names none: there is no OIDC here, and an SDK that reads OIDC_AUTH would log in
// that way.
Answer VersionAnswer(const World& world) {
  const bool is20 = world.Is20();
  const std::string client = world.addresses.client_root;
  const std::string management = world.addresses.management_root;
  json versions = {{"edge", Api(client + kClientPath, kClientPath)},
                   {"edge-client", Api(client + kClientPath, kClientPath)},
                   {"edge-management", Api(management + kManagementPath, kManagementPath)},
                   {"edge-oidc", Api(is20 ? client + "/oidc" : client, "/oidc")},
                   {"health-checks", Api(is20 ? management + "/health-checks/v1" : management,
                                         "/health-checks/v1")}};
  if (is20) versions["fabric"] = Api(management, "/fabric/v1");
  return DataAnswer({{"apiVersions", versions},
                     {"buildDate", "2020-01-01 01:01:01"},
                     {"capabilities", json::array()},
                     {"revision", "local"},
                     {"runtimeVersion", "development"},
                     {"version", "development"}});
}

Answer BundleAnswer(const World& world) {
  Answer answer;
  answer.content_type = "application/pkcs7-mime";
  answer.body = world.authority.BundlePkcs7();
  answer.headers.emplace_back("Content-Transfer-Encoding", "base64");
  return answer;
}

}  // namespace dev_controller

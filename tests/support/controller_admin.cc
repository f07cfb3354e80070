#include "tests/support/controller_admin.h"

#include <stdexcept>
#include <utility>

#include "adapters/openziti/edge_url.h"
#include "adapters/openziti/envelope.h"
#include "adapters/openziti/filter.h"
#include "tests/support/temp_folder.h"

namespace runners::testing {
namespace {

using nlohmann::json;
using openziti::HttpClient;
using openziti::HttpClientOptions;
using openziti::HttpMethod;
using openziti::HttpRequest;
using openziti::HttpResponse;

constexpr absl::Duration kRequestLimit = absl::Seconds(20);

HttpClientOptions TrustingFile(const std::string& ca_file) {
  HttpClientOptions options;
  options.ca_file = ca_file;
  return options;
}

json DataOrThrow(const HttpResponse& response, const std::string& what) {
  std::optional<json> data = openziti::DataOf(response);
  if (!data) {
    throw std::runtime_error("the controller answered " + std::to_string(response.status) + " to " +
                             what);
  }
  return *std::move(data);
}

// "pem:..." of an identity file without the prefix.
std::string PemOf(const json& file, const char* key) {
  constexpr std::string_view kPrefix = "pem:";
  const std::string text = file.contains("id") ? openziti::TextAt(file["id"], key) : "";
  if (text.rfind(kPrefix, 0) != 0)
    throw std::runtime_error(std::string("the identity file has no PEM text in id.") + key);
  return text.substr(kPrefix.size());
}

}  // namespace

ControllerAdmin::ControllerAdmin(ControllerAccess access)
    : access_(std::move(access)), http_(TrustingFile(access_.ca_file)) {}

std::vector<json> ControllerAdmin::ListByTag(const std::string& collection, const std::string& tag,
                                             const std::string& value) {
  return List(collection, openziti::Equals("tags." + tag, value));
}

json ControllerAdmin::FindByName(const std::string& collection, const std::string& name) {
  std::vector<json> rows = List(collection, openziti::Equals("name", name));
  return rows.empty() ? json() : std::move(rows.front());
}

std::vector<json> ControllerAdmin::List(const std::string& collection, const std::string& filter) {
  std::string path = "/" + collection + "?limit=500";
  if (!filter.empty()) path += "&filter=" + openziti::UrlEncoded(filter);
  const json data = DataOrThrow(Send(HttpMethod::kGet, path), "GET " + path);
  return {data.begin(), data.end()};
}

std::string ControllerAdmin::Create(const std::string& collection, const json& fields) {
  const json data =
      DataOrThrow(Send(HttpMethod::kPost, "/" + collection, fields), "POST /" + collection);
  return openziti::TextAt(data, "id");
}

void ControllerAdmin::Delete(const std::string& collection, const std::string& id) {
  const std::string path = "/" + collection + "/" + id;
  DataOrThrow(Send(HttpMethod::kDelete, path), "DELETE " + path);
}

HttpResponse ControllerAdmin::Send(HttpMethod method, const std::string& path, const json& body) {
  return SendTo(method, access_.management_url + path, body);
}

json ControllerAdmin::Develop(HttpMethod method, const std::string& path, const json& body) {
  const std::optional<openziti::EdgeUrl> url = openziti::EdgeUrl::Parse(access_.management_url);
  if (!url) throw std::runtime_error("not the URL of a controller: " + access_.management_url);
  return DataOrThrow(SendTo(method, url->root() + "/dev/v1" + path, body), "/dev/v1" + path);
}

HttpResponse ControllerAdmin::SendTo(HttpMethod method, const std::string& url, const json& body) {
  if (session_.empty()) LogIn();
  HttpResponse response = SendOnce(method, url, body);
  if (response.status != 401) return response;
  LogIn();
  return SendOnce(method, url, body);
}

HttpResponse ControllerAdmin::SendOnce(HttpMethod method, const std::string& url,
                                       const json& body) {
  HttpRequest request{
      method,
      url,
      {"Content-Type: application/json", "Accept: application/json", "zt-session: " + session_},
      body.is_null() ? "" : body.dump()};
  absl::StatusOr<HttpResponse> response = http_.Send(request, kRequestLimit);
  if (!response.ok()) throw std::runtime_error("no answer from the controller to " + url);
  return *std::move(response);
}

void ControllerAdmin::LogIn() {
  session_.clear();
  const json credentials = {{"username", access_.username},
                            {"password", access_.password.Reveal()}};
  const json data =
      DataOrThrow(SendOnce(HttpMethod::kPost,
                           access_.management_url + "/authenticate?method=password", credentials),
                  "the log-in");
  session_ = openziti::TextAt(data, "token");
}

RunnerLogin::RunnerLogin(const Secret& identity_file)
    : file_(json::parse(identity_file.Reveal(), nullptr, /*allow_exceptions=*/false)) {
  if (openziti::TextAt(file_, "ztAPI").empty())
    throw std::runtime_error("the identity file has no ztAPI");
  for (const char* key : {"key", "cert", "ca"}) PemOf(file_, key);
}

int RunnerLogin::LogIn() {
  const TempFolder folder;
  HttpClientOptions options;
  options.ca_file = folder.Write("ca.pem", PemOf(file_, "ca"));
  options.certificate_file = folder.Write("cert.pem", PemOf(file_, "cert"));
  options.key_file = folder.Write("key.pem", PemOf(file_, "key"));
  HttpClient http(options);
  const HttpRequest request{HttpMethod::kPost,
                            openziti::TextAt(file_, "ztAPI") + "/authenticate?method=cert",
                            {"Content-Type: application/json", "Accept: application/json"},
                            "{}"};
  const absl::StatusOr<HttpResponse> response = http.Send(request, kRequestLimit);
  if (!response.ok()) return 0;
  const std::optional<json> data = openziti::DataOf(*response);
  session_ = data ? openziti::TextAt(*data, "token") : "";
  return response->status;
}

std::vector<RunnerLogin::Service> RunnerLogin::Services() {
  const HttpResponse response = Send(HttpMethod::kGet, "/services?limit=500", nullptr);
  std::vector<Service> services;
  for (const json& row : DataOrThrow(response, "GET /services")) {
    services.push_back({openziti::TextAt(row, "name"), openziti::TextsAt(row, "permissions")});
  }
  return services;
}

HttpResponse RunnerLogin::AskFor(const std::string& type, const std::string& service_id) {
  return Send(HttpMethod::kPost, "/sessions", {{"type", type}, {"serviceId", service_id}});
}

HttpResponse RunnerLogin::Send(HttpMethod method, const std::string& path, const json& body) {
  const TempFolder folder;
  HttpClient http(TrustingFile(folder.Write("ca.pem", PemOf(file_, "ca"))));
  const HttpRequest request{
      method,
      openziti::TextAt(file_, "ztAPI") + path,
      {"Content-Type: application/json", "Accept: application/json", "zt-session: " + session_},
      body.is_null() ? "" : body.dump()};
  absl::StatusOr<HttpResponse> response = http.Send(request, kRequestLimit);
  if (!response.ok()) throw std::runtime_error("no answer from the client API");
  return *std::move(response);
}

}  // namespace runners::testing

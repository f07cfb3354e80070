#include "tests/contract/dev_controller/controller_fixture.h"

#include <stdexcept>

#include "adapters/system/x509.h"
#include "tests/support/temp_folder.h"

namespace runners::testing {

using nlohmann::json;
using openziti::HttpMethod;
using openziti::HttpResponse;
using openziti::TextAt;

std::string RunningController::NewSession() {
  const json credentials = {{"username", process.username()},
                            {"password", process.password().Reveal()}};
  const absl::StatusOr<HttpResponse> login =
      Send(HttpMethod::kPost, process.management_url() + "/authenticate?method=password", "",
           credentials);
  const auto data = login.ok() ? openziti::DataOf(*login) : std::nullopt;
  if (!data) throw std::runtime_error("the administrator cannot log in");
  return TextAt(*data, "token");
}

absl::StatusOr<HttpResponse> RunningController::Send(HttpMethod method, const std::string& url,
                                                     const std::string& session,
                                                     const json& body) const {
  openziti::HttpClientOptions options;
  options.ca_file = process.ca_file();
  openziti::HttpClient http(options);
  return http.Send({method,
                    url,
                    {"Content-Type: application/json", "zt-session: " + session},
                    body.is_null() ? "" : body.dump()},
                   absl::Seconds(20));
}

Secret RunningController::NewIdentityFile(const std::string& name, const std::string& attribute) {
  const std::string id = admin.Create("identities", {{"name", name},
                                                     {"type", "Device"},
                                                     {"isAdmin", false},
                                                     {"roleAttributes", json::array({attribute})},
                                                     {"enrollment", {{"ott", true}}}});
  const json identity =
      openziti::DataOf(admin.Send(HttpMethod::kGet, "/identities/" + id)).value_or(json());
  const auto made = system::MakeKeyAndRequest(name);
  if (!identity.contains("enrollment") || !made) throw std::runtime_error("no identity to enroll");

  openziti::HttpClientOptions options;
  options.ca_file = process.ca_file();
  openziti::HttpClient http(options);
  const std::string token = TextAt(identity["enrollment"]["ott"], "token");
  const absl::StatusOr<HttpResponse> enrolled =
      http.Send({HttpMethod::kPost,
                 process.client_url() + "/enroll?method=ott&token=" + token,
                 {"Content-Type: application/x-pem-file", "Accept: application/json"},
                 made->csr_pem},
                absl::Seconds(20));
  const auto data = enrolled.ok() ? openziti::DataOf(*enrolled) : std::nullopt;
  if (!data) throw std::runtime_error("the identity was not enrolled");
  const json file = {{"ztAPI", process.client_url()},
                     {"id",
                      {{"key", "pem:" + made->key_pem.Reveal()},
                       {"cert", "pem:" + TextAt(*data, "cert")},
                       {"ca", "pem:" + FileContent(process.ca_file())}}}};
  return Secret(file.dump());
}

}  // namespace runners::testing

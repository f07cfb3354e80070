#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#define CPPHTTPLIB_OPENSSL_SUPPORT
#endif
#include <httplib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "tests/contract/dev_controller/controller_fixture.h"
#include "tests/support/temp_folder.h"

// What an SDK asks the client API between its start and hosting a service. Each answer was compared
// with those of real controllers of both lines.
namespace runners::testing {
namespace {

using nlohmann::json;
using openziti::TextAt;
using ::testing::SizeIs;

constexpr char kInstance[] = "Ziti-Instance-Id";

int PortOf(const std::string& url) {
  const std::size_t colon = url.rfind(':');
  return std::stoi(url.substr(colon + 1));
}

class SdkApi : public ::testing::TestWithParam<std::string> {
 protected:
  SdkApi() {
    service_ = running_.NewService("bound");
    running_.admin.Create("service-policies", {{"name", "bind"},
                                               {"type", "Bind"},
                                               {"semantic", "AnyOf"},
                                               {"identityRoles", json::array({"#runner"})},
                                               {"serviceRoles", json::array({"@" + service_})}});
    const json file = json::parse(running_.NewIdentityFile("a runner", "runner").Reveal())["id"];
    for (const char* part : {"cert", "key"})
      folder_.Write(part, file[part].get<std::string>().substr(sizeof("pem:") - 1));
  }

  bool Is20() const { return GetParam() == "2.0"; }

  // One request with the runner's certificate. Throws when there is no answer.
  httplib::Response Send(const std::string& method, const std::string& url,
                         const json& body = nullptr) {
    httplib::SSLClient http("127.0.0.1", PortOf(url.substr(0, url.find("/edge"))),
                            folder_.path() + "/cert", folder_.path() + "/key");
    http.set_ca_cert_path(running_.process.ca_file().c_str());
    httplib::Request request;
    request.method = method;
    request.path = url.substr(url.find("/edge"));
    request.set_header("Content-Type", "application/json");
    request.set_header("zt-session", session_);
    if (!body.is_null()) request.body = body.dump();
    const httplib::Result result = http.send(request);
    if (!result) throw std::runtime_error("no answer from " + url);
    return *result;
  }
  httplib::Response Client(const std::string& method, const std::string& path,
                           const json& body = nullptr) {
    return Send(method, running_.process.client_url() + path, body);
  }

  // What the log-in answers.
  json LogIn() {
    const httplib::Response answer =
        Client("POST", "/authenticate?method=cert", {{"configTypes", json::array({"all"})}});
    json data = json::parse(answer.body).at("data");
    session_ = TextAt(data, "token");
    return data;
  }

  json Bind() {
    const httplib::Response answer =
        Client("POST", "/sessions", {{"serviceId", service_}, {"type", "Bind"}});
    EXPECT_EQ(answer.status, 201);
    return json::parse(answer.body).at("data");
  }

  RunningController running_{OptionsFor(GetParam())};
  TempFolder folder_;
  std::string service_;
  std::string session_;
};

// The C SDK dies without it, and sends all it knows again when it changes.
TEST_P(SdkApi, EveryAnswerNamesTheStartOfTheController) {
  const std::string client = running_.process.client_url();
  const std::string first = Send("GET", client + "/version").get_header_value(kInstance);
  EXPECT_THAT(first, SizeIs(25));
  EXPECT_EQ(Send("GET", client + "/services").get_header_value(kInstance), first) << "401";
  EXPECT_EQ(Send("GET", client + "/nowhere").get_header_value(kInstance), first) << "404";
  const std::string management = running_.process.management_url();
  EXPECT_EQ(Send("GET", management + "/version").get_header_value(kInstance), first);

  running_.process.Stop();
  running_.process.Start();

  const std::string second = Send("GET", client + "/version").get_header_value(kInstance);
  EXPECT_THAT(second, SizeIs(25));
  EXPECT_NE(second, first);
}

TEST_P(SdkApi, ALoginRepeatsTheConfigTypesAndKnowsACertificate) {
  const json data = LogIn();

  EXPECT_EQ(data["configTypes"], json::array({"all"}));
  EXPECT_EQ(data["isCertExtendable"], true);
  const json later = json::parse(Client("GET", "/current-api-session").body)["data"];
  EXPECT_EQ(later["configTypes"], json::array({"all"}));
}

TEST_P(SdkApi, RoutersComeInPages) {
  running_.admin.Develop(openziti::HttpMethod::kPost, "/routers", {{"name", "second"}});
  LogIn();

  const json page =
      json::parse(Client("GET", "/current-identity/edge-routers?limit=1&offset=0").body);

  ASSERT_THAT(page["data"], SizeIs(1));
  EXPECT_EQ(page["meta"]["pagination"], (json{{"limit", 1}, {"offset", 0}, {"totalCount", 2}}));
  const json& router = page["data"][0];
  EXPECT_EQ(router["supportedProtocols"], (json{{"tls", "tls://router.invalid:443"}}));
  EXPECT_EQ(router["hostname"], "");
  EXPECT_FALSE(TextAt(router, "id").empty());
  EXPECT_FALSE(router.contains("urls"));
  EXPECT_EQ(router.contains("capabilities"), Is20());
}

TEST_P(SdkApi, AskingAgainGivesTheSameSession) {
  LogIn();

  const json first = Bind();
  const json second = Bind();

  EXPECT_EQ(first["id"], second["id"]);
  EXPECT_EQ(first["serviceId"], service_);
  EXPECT_EQ(first["edgeRouters"][0]["urls"], (json{{"tls", "tls://router.invalid:443"}}));
  if (Is20()) {
    // The token is a JWT, made anew each time; what the ids say already is left out.
    EXPECT_NE(first["token"], second["token"]);
    const std::string token = first["token"];
    EXPECT_EQ(std::count(token.begin(), token.end(), '.'), 2);
    EXPECT_TRUE(first["service"].is_null() && first["apiSession"].is_null());
  } else {
    EXPECT_EQ(first, second);
    EXPECT_EQ(first["service"]["name"], "bound");
    EXPECT_EQ(first["apiSession"]["id"], first["apiSessionId"]);
  }
}

INSTANTIATE_TEST_SUITE_P(Lines, SdkApi, ::testing::Values("1.6", "2.0"),
                         [](const auto& line) { return "Line" + line.param.substr(0, 1); });

}  // namespace
}  // namespace runners::testing

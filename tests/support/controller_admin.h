#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/time/time.h"

#include "adapters/openziti/http_client.h"
#include "core/support/secret.h"

namespace runners::testing {

// Where a controller is and how to get in.
struct ControllerAccess {
  std::string management_url;  // with /edge/management/v1
  std::string client_url;      // with /edge/client/v1
  std::string ca_file;
  std::string username;
  Secret password;
};

// A look at a controller from outside, by the management API, for tests to check what the adapter
// has done and to put things in its way. Whatever the controller refuses is thrown
// (std::runtime_error). Thread-compatible.
class ControllerAdmin {
 public:
  explicit ControllerAdmin(ControllerAccess access);

  const ControllerAccess& access() const { return access_; }

  // Rows of a collection ("services", "service-policies", "identities", "terminators") with this
  // text in this tag.
  std::vector<nlohmann::json> ListByTag(const std::string& collection, const std::string& tag,
                                        const std::string& value);

  // The row of that name; null when there is none.
  nlohmann::json FindByName(const std::string& collection, const std::string& name);

  // Rows a filter of the controller finds ("" for all), at most 500.
  std::vector<nlohmann::json> List(const std::string& collection, const std::string& filter);

  // The id of the new object.
  std::string Create(const std::string& collection, const nlohmann::json& fields);

  void Delete(const std::string& collection, const std::string& id);

  // One request in a session of the admin; `path` starts behind /edge/management/v1.
  openziti::HttpResponse Send(openziti::HttpMethod method, const std::string& path,
                              const nlohmann::json& body = nullptr);

  // The same of the development API, which only a development controller has; `path` starts behind
  // /dev/v1. Throws when it is refused. The data of the answer.
  nlohmann::json Develop(openziti::HttpMethod method, const std::string& path,
                         const nlohmann::json& body = nullptr);

 private:
  openziti::HttpResponse SendTo(openziti::HttpMethod method, const std::string& url,
                                const nlohmann::json& body);
  openziti::HttpResponse SendOnce(openziti::HttpMethod method, const std::string& url,
                                  const nlohmann::json& body);
  void LogIn();

  const ControllerAccess access_;
  openziti::HttpClient http_;
  std::string session_;
};

// A runner with its identity file, as far as one gets by HTTPS: it logs in at the client API with
// the certificate (mutual TLS) and looks at the services it may use. Thread-compatible.
class RunnerLogin {
 public:
  struct Service {
    std::string name;
    std::vector<std::string> permissions;  // "Bind", "Dial"
    bool operator==(const Service&) const = default;
  };

  // Throws std::runtime_error when the file has not the shape of an identity file.
  explicit RunnerLogin(const Secret& identity_file);

  // HTTP status of POST /authenticate?method=cert at the file's ztAPI; 0 when there was no answer.
  int LogIn();

  // After a login that answered 200. Throws std::runtime_error when refused.
  std::vector<Service> Services();

  // After such a login: what POST /sessions answers to the wish to "Bind" or "Dial" a service.
  // Throws std::runtime_error when there was no answer.
  openziti::HttpResponse AskFor(const std::string& type, const std::string& service_id);

 private:
  openziti::HttpResponse Send(openziti::HttpMethod method, const std::string& path,
                              const nlohmann::json& body);

  nlohmann::json file_;
  std::string session_;
};

}  // namespace runners::testing

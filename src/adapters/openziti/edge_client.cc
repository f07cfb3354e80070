#include "adapters/openziti/edge_client.h"

#include <algorithm>
#include <utility>

#include "adapters/openziti/edge_errors.h"
#include "adapters/openziti/envelope.h"
#include "adapters/openziti/filter.h"
#include "adapters/system/x509.h"
#include "core/support/status_macros.h"

namespace runners::openziti {
namespace {

using nlohmann::json;

// The controller's own upper bound; it hands out 10 rows to whoever does not ask.
constexpr std::size_t kPageRows = 500;
// A runner has a handful of objects. A list that goes on beyond this is not what we asked for.
constexpr std::size_t kMaxRows = 100'000;
constexpr int kUnauthorized = 401;

HttpClientOptions WithoutCertificate(const OpenZitiOptions& options) {
  HttpClientOptions http;
  http.ca_file = options.ca_file;
  http.connect_timeout = options.connect_timeout;
  return http;
}

bool IsSuccess(const HttpResponse& response) {
  return response.status >= 200 && response.status <= 299;
}

absl::Status Garbage(std::string_view doing) {
  return UnavailableError("the overlay controller answered with garbage when asked to " +
                          std::string(doing));
}

std::string Doing(const char* verb, EdgeCollection collection) {
  return std::string(verb) + " " + NounOf(collection);
}

HttpRequest JsonRequest(HttpMethod method, std::string url, const json& body) {
  return {method, std::move(url), {"Content-Type: application/json"}, body.dump()};
}

}  // namespace

EdgeClient::EdgeClient(const OpenZitiOptions& options, EdgeUrl management, EdgeUrl client,
                       const Clock& clock, FaultPoints& faults)
    : options_(options),
      management_(std::move(management)),
      client_(std::move(client)),
      clock_(clock),
      faults_(faults),
      http_(WithoutCertificate(options)),
      session_(options, management_, clock) {}

absl::StatusOr<std::vector<EdgeObject>> EdgeClient::List(EdgeCollection collection,
                                                         const std::string& filter,
                                                         absl::Time deadline) {
  const std::string doing = Doing("list", collection);
  const std::string query =
      "?filter=" + UrlEncoded(filter) + "&limit=" + std::to_string(kPageRows) + "&offset=";
  std::vector<EdgeObject> objects;
  for (std::size_t offset = 0; offset < kMaxRows; offset += kPageRows) {
    HttpRequest request;
    request.url = UrlOf(collection, "") + query + std::to_string(offset);
    RUNNERS_ASSIGN_OR_RETURN(const HttpResponse response,
                             SendInSession(std::move(request), deadline));
    if (!IsSuccess(response)) return ErrorOfAnswer(response, doing);
    const std::optional<EdgePage> page = PageOf(response);
    if (!page) return Garbage(doing);
    for (const json& row : page->rows) {
      std::optional<EdgeObject> object = ObjectOf(row);
      if (!object) return Garbage(doing);
      objects.push_back(*std::move(object));
    }
    if (page->rows.empty() || static_cast<std::int64_t>(offset + kPageRows) >= page->total)
      return objects;
  }
  return Garbage(doing);
}

absl::StatusOr<std::optional<EdgeObject>> EdgeClient::FindByName(EdgeCollection collection,
                                                                 const std::string& name,
                                                                 absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(std::vector<EdgeObject> found,
                           List(collection, Equals("name", name), deadline));
  // A filter the controller understood differently must not let us take one object for another.
  const auto match = std::find_if(found.begin(), found.end(),
                                  [&](const EdgeObject& object) { return object.name == name; });
  if (match == found.end()) return std::optional<EdgeObject>();
  return std::optional<EdgeObject>(std::move(*match));
}

absl::StatusOr<std::optional<EdgeObject>> EdgeClient::Get(EdgeCollection collection,
                                                          const std::string& id,
                                                          absl::Time deadline) {
  HttpRequest request;
  request.url = UrlOf(collection, id);
  RUNNERS_ASSIGN_OR_RETURN(const HttpResponse response,
                           SendInSession(std::move(request), deadline));
  if (IsNotFound(response)) return std::optional<EdgeObject>();
  const std::string doing = Doing("read", collection);
  if (!IsSuccess(response)) return ErrorOfAnswer(response, doing);
  const std::optional<json> data = DataOf(response);
  std::optional<EdgeObject> object = data ? ObjectOf(*data) : std::nullopt;
  if (!object) return Garbage(doing);
  return object;
}

absl::StatusOr<std::string> EdgeClient::Create(EdgeCollection collection, const json& fields,
                                               absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(
      const HttpResponse response,
      SendInSession(JsonRequest(HttpMethod::kPost, UrlOf(collection, ""), fields), deadline));
  const std::string doing = Doing("create", collection);
  if (!IsSuccess(response)) return ErrorOfAnswer(response, doing);
  const std::optional<json> data = DataOf(response);
  std::string id = data ? TextAt(*data, "id") : "";
  if (id.empty()) return Garbage(doing);
  ReachWritten(collection, "created");
  return id;
}

absl::Status EdgeClient::Patch(EdgeCollection collection, const std::string& id, const json& fields,
                               absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(
      const HttpResponse response,
      SendInSession(JsonRequest(HttpMethod::kPatch, UrlOf(collection, id), fields), deadline));
  if (!IsSuccess(response)) return ErrorOfAnswer(response, Doing("change", collection));
  ReachWritten(collection, "changed");
  return absl::OkStatus();
}

absl::StatusOr<Removal> EdgeClient::Delete(EdgeCollection collection, const std::string& id,
                                           absl::Time deadline) {
  HttpRequest request;
  request.method = HttpMethod::kDelete;
  request.url = UrlOf(collection, id);
  RUNNERS_ASSIGN_OR_RETURN(const HttpResponse response,
                           SendInSession(std::move(request), deadline));
  if (IsNotFound(response)) return Removal::kNothingThere;
  if (!IsSuccess(response)) return ErrorOfAnswer(response, Doing("delete", collection));
  ReachWritten(collection, "deleted");
  return Removal::kRemoved;
}

absl::StatusOr<std::string> EdgeClient::Enroll(const std::string& one_time_token,
                                               const std::string& csr_pem, absl::Time deadline) {
  const HttpRequest request{
      HttpMethod::kPost,
      client_.client() + "/enroll?method=ott&token=" + UrlEncoded(one_time_token),
      {"Content-Type: application/x-pem-file", "Accept: application/json"},
      csr_pem};
  RUNNERS_ASSIGN_OR_RETURN(const HttpResponse response, SendPlain(request, deadline));
  if (!IsSuccess(response)) return ErrorOfAnswer(response, "enroll identity");
  const std::optional<json> data = DataOf(response);
  std::string certificate = data ? TextAt(*data, "cert") : "";
  if (certificate.empty()) return Garbage("enroll identity");
  faults_.Reach("controller.identity_enrolled");
  return certificate;
}

absl::StatusOr<std::string> EdgeClient::CaBundle(absl::Time deadline) {
  HttpRequest request;
  request.url = management_.root() + "/.well-known/est/cacerts";
  RUNNERS_ASSIGN_OR_RETURN(const HttpResponse response, SendPlain(request, deadline));
  if (!IsSuccess(response)) return ErrorOfAnswer(response, "hand out its CA bundle");
  std::optional<std::string> bundle = system::CertificatesOfPkcs7(response.body);
  if (!bundle) return Garbage("hand out its CA bundle");
  return *std::move(bundle);
}

absl::StatusOr<std::string> EdgeClient::Version(absl::Time deadline) {
  const HttpRequest request{
      HttpMethod::kGet, management_.management() + "/version", {"Accept: application/json"}, ""};
  RUNNERS_ASSIGN_OR_RETURN(const HttpResponse response, SendPlain(request, deadline));
  if (!IsSuccess(response)) return ErrorOfAnswer(response, "tell its version");
  const std::optional<json> data = DataOf(response);
  std::string version = data ? TextAt(*data, "version") : "";
  if (version.empty()) return Garbage("tell its version");
  return version;
}

absl::StatusOr<HttpResponse> EdgeClient::SendPlain(const HttpRequest& request,
                                                   absl::Time deadline) {
  const absl::Duration limit = std::min(deadline - clock_.Now(), options_.request_timeout);
  if (limit <= absl::ZeroDuration())
    return UnavailableError("no time is left for the overlay controller to answer");
  return http_.Send(request, limit);
}

absl::StatusOr<HttpResponse> EdgeClient::SendInSession(HttpRequest request, absl::Time deadline) {
  request.headers.push_back("Accept: application/json");
  RUNNERS_ASSIGN_OR_RETURN(const SessionTicket session, session_.Use(deadline));
  RUNNERS_ASSIGN_OR_RETURN(HttpResponse response, SendAs(session, request, deadline));
  if (response.status != kUnauthorized) return response;

  // 401 is an expired session or a missing permission; only a new session tells them apart.
  RUNNERS_ASSIGN_OR_RETURN(const SessionTicket fresh, session_.Replace(session, deadline));
  RUNNERS_ASSIGN_OR_RETURN(response, SendAs(fresh, std::move(request), deadline));
  if (response.status == kUnauthorized) session_.StillRefused();
  return response;
}

absl::StatusOr<HttpResponse> EdgeClient::SendAs(const SessionTicket& session, HttpRequest request,
                                                absl::Time deadline) {
  request.headers.push_back("zt-session: " + session.token.Reveal());
  return SendPlain(request, deadline);
}

std::string EdgeClient::UrlOf(EdgeCollection collection, std::string_view id) const {
  std::string url = management_.management() + "/" + PathOf(collection);
  if (!id.empty()) url += "/" + UrlEncoded(id);
  return url;
}

void EdgeClient::ReachWritten(EdgeCollection collection, const char* verb) {
  faults_.Reach(std::string("controller.") + PathOf(collection) + "_" + verb);
}

}  // namespace runners::openziti

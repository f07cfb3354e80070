#include "tests/contract/transcripts/transcript_replay.h"

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

#include "absl/time/clock.h"
#include "adapters/openziti/edge_url.h"
#include "adapters/openziti/envelope.h"
#include "tests/contract/transcripts/answer_comparer.h"

namespace runners::testing {
namespace {

using nlohmann::json;
using openziti::HttpMethod;
using openziti::HttpRequest;
using openziti::HttpResponse;

constexpr absl::Duration kRequestLimit = absl::Seconds(20);
constexpr char kRecordedSession[] = "<session>";
constexpr char kRecordedPassword[] = "adminpw";
constexpr char kRecordedCommonName[] = "r";  // of the recorded requests for certificates
constexpr std::string_view kCsrBegin = "-----BEGIN CERTIFICATE REQUEST-----";
constexpr std::string_view kCsrEnd = "-----END CERTIFICATE REQUEST-----\n";

std::string RootOf(const std::string& url) {
  const std::optional<openziti::EdgeUrl> parsed = openziti::EdgeUrl::Parse(url);
  if (!parsed) throw std::runtime_error(url + " is no URL of a controller");
  return parsed->root();
}

openziti::HttpClientOptions Trusting(const std::string& ca_file) {
  openziti::HttpClientOptions options;
  options.ca_file = ca_file;
  return options;
}

system::KeyAndRequest NewKeyAndRequest() {
  std::optional<system::KeyAndRequest> made = system::MakeKeyAndRequest(kRecordedCommonName);
  if (!made) throw std::runtime_error("OpenSSL failed");
  return *std::move(made);
}

HttpMethod MethodOf(const std::string& name) {
  if (name == "GET") return HttpMethod::kGet;
  if (name == "POST") return HttpMethod::kPost;
  if (name == "PATCH") return HttpMethod::kPatch;
  if (name == "DELETE") return HttpMethod::kDelete;
  throw std::runtime_error("a transcript asks for method " + name);
}

// `/services?filter=name="x"&limit=1` with its values percent-encoded.
std::string Encoded(const std::string& path) {
  std::size_t at = path.find('?');
  std::string encoded = path.substr(0, at);
  while (at != std::string::npos) {
    const std::size_t equals = path.find('=', at);
    const std::size_t end = path.find('&', at + 1);
    encoded += path.substr(at, equals + 1 - at);
    encoded += openziti::UrlEncoded(path.substr(equals + 1, end - equals - 1));
    at = end;
  }
  return encoded;
}

// `text` with every PEM request for a certificate in it replaced.
std::string WithRequests(const std::string& text, const std::string& csr_pem) {
  std::string replaced;
  std::size_t at = 0;
  for (std::size_t begin = text.find(kCsrBegin); begin != std::string::npos;
       begin = text.find(kCsrBegin, at)) {
    replaced += text.substr(at, begin - at) + csr_pem;
    at = text.find(kCsrEnd, begin) + kCsrEnd.size();
  }
  return replaced + text.substr(at);
}

// A service of so many bytes that the body is as long as `<1100012 bytes>` says.
std::string BodyOfSize(const std::string& placeholder) {
  constexpr std::string_view kStart = R"({"name":")";
  constexpr std::string_view kEnd = R"("})";
  const std::size_t size = std::stoul(placeholder.substr(1));
  return std::string(kStart) + std::string(size - kStart.size() - kEnd.size(), 'n') +
         std::string(kEnd);
}

}  // namespace

TranscriptReplay::TranscriptReplay(ControllerAccess access)
    : access_(std::move(access)),
      management_root_(RootOf(access_.management_url)),
      http_(Trusting(access_.ca_file)),
      key_and_request_(NewKeyAndRequest()) {
  bindings_.Bind("{mgmt-root}", management_root_);
  bindings_.Bind("{client-root}", RootOf(access_.client_url));
  bindings_.Bind(kRecordedPassword, access_.password.Reveal());
  const json credentials = {{"username", access_.username},
                            {"password", access_.password.Reveal()}};
  const absl::StatusOr<HttpResponse> response =
      http_.Send({HttpMethod::kPost,
                  access_.management_url + "/authenticate?method=password",
                  {"Content-Type: application/json", "Accept: application/json"},
                  credentials.dump()},
                 kRequestLimit);
  const std::optional<json> data = response.ok() ? openziti::DataOf(*response) : std::nullopt;
  if (!data) throw std::runtime_error("the controller refused the log-in");
  bindings_.Bind(kRecordedSession, openziti::TextAt(*data, "token"));
}

Differences TranscriptReplay::Play(const Exchange& exchange) {
  const absl::StatusOr<HttpResponse> response = http_.Send(RequestOf(exchange), kRequestLimit);
  if (!response.ok()) return {{"", "(an answer)", "(" + response.status().ToString() + ")"}};
  Differences found = CompareAnswer(exchange.answer, response->status, response->body, bindings_);
  if (exchange.answer.document.is_null())
    ca_bundle_ = system::CertificatesOfPkcs7(response->body).value_or("");
  if (exchange.path.starts_with("/enroll") && exchange.answer.status == 200)
    JudgeIssued(response->body, found);
  return found;
}

HttpRequest TranscriptReplay::RequestOf(const Exchange& exchange) const {
  HttpRequest request;
  request.method = MethodOf(exchange.method);
  request.url = exchange.api == "mgmt"     ? access_.management_url
                : exchange.api == "client" ? access_.client_url
                                           : management_root_;
  request.url += Encoded(bindings_.Translate(exchange.path));
  for (const auto& [name, value] : exchange.headers) {
    request.headers.push_back(name + ": " + bindings_.Translate(value));
  }
  request.body = BodyOf(exchange.body);
  return request;
}

std::string TranscriptReplay::BodyOf(const json& recorded) const {
  if (recorded.is_null()) return "";
  if (!recorded.is_string()) return bindings_.Translate(recorded.dump());
  const auto text = recorded.get<std::string>();
  if (text.ends_with(" bytes>")) return BodyOfSize(text);
  return WithRequests(text, key_and_request_.csr_pem);
}

void TranscriptReplay::JudgeIssued(const std::string& body, Differences& found) const {
  const json document = json::parse(body, nullptr, /*allow_exceptions=*/false);
  const std::string chain =
      document.is_object() ? openziti::TextAt(document.value("data", json()), "cert") : "";
  if (system::JudgeCertificate(chain, key_and_request_.csr_pem, ca_bundle_, absl::Now()) !=
      system::CertificateVerdict::kFits) {
    found.push_back(
        {"data.cert", "(over the key it was asked for, under the CA bundle)", "(not that)"});
  }
}

}  // namespace runners::testing

#include "adapters/openziti/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

#include "adapters/openziti/edge_errors.h"

namespace runners::openziti {
namespace {

// The controller drops a connection after 5 s without a request; one that old is not tried again.
constexpr long kMaxIdleConnectionSeconds = 4;
constexpr std::size_t kMaxIdleHandles = 16;

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeHeaders>;

HeaderList HeadersOf(const HttpRequest& request) {
  HeaderList list;
  for (const std::string& header : request.headers) {
    curl_slist* longer = curl_slist_append(list.get(), header.c_str());
    if (longer == nullptr) return nullptr;
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

struct Received {
  std::string body;
  std::size_t max_bytes = 0;
};

// Called by libcurl, so no exception may leave it: a short count ends the transfer.
std::size_t Receive(char* data, std::size_t size, std::size_t count, void* target) noexcept {
  auto& received = *static_cast<Received*>(target);
  const std::size_t bytes = size * count;
  if (bytes > received.max_bytes - received.body.size()) return 0;
  try {
    received.body.append(data, bytes);
  } catch (...) {
    return 0;
  }
  return bytes;
}

const char* MethodName(HttpMethod method) {
  switch (method) {
    case HttpMethod::kGet:
      return "GET";
    case HttpMethod::kPost:
      return "POST";
    case HttpMethod::kPatch:
      return "PATCH";
    case HttpMethod::kDelete:
      return "DELETE";
  }
  return "GET";
}

absl::Status FailureOf(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return UnavailableError(
          "the overlay controller's certificate does not verify against the CA file");
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return UnavailableError(
          "a certificate file for the overlay controller is missing or cannot be read");
    case CURLE_OPERATION_TIMEDOUT:
      return UnavailableError("the overlay controller did not answer in time");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return UnavailableError("the overlay controller cannot be reached");
    case CURLE_WRITE_ERROR:
      return UnavailableError("the overlay controller's answer is too large");
    default:
      return UnavailableError("the connection to the overlay controller failed");
  }
}

}  // namespace

// One libcurl handle with its connections. Thread-compatible.
class HttpClient::Handle {
 public:
  Handle() : curl_(curl_easy_init()) {}
  ~Handle() { curl_easy_cleanup(curl_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  // Settings are dropped after every request, connections and TLS sessions are kept.
  CURLcode Perform(const HttpRequest& request, const HttpClientOptions& options,
                   absl::Duration timeout, HttpResponse& response) {
    if (curl_ == nullptr) return CURLE_FAILED_INIT;
    const HeaderList headers = HeadersOf(request);
    if (!headers && !request.headers.empty()) return CURLE_OUT_OF_MEMORY;
    Received received{{}, options.max_body_bytes};
    SetConnection(options, timeout);
    SetRequest(request, headers.get());
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Receive);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &received);
    const CURLcode code = curl_easy_perform(curl_);
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_reset(curl_);
    response = {static_cast<int>(status), std::move(received.body)};
    return code;
  }

 private:
  void SetConnection(const HttpClientOptions& options, absl::Duration timeout) {
    const long timeout_ms =
        std::max<long>(1, static_cast<long>(absl::ToInt64Milliseconds(timeout)));
    const long connect_ms = static_cast<long>(absl::ToInt64Milliseconds(options.connect_timeout));
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, std::clamp(connect_ms, 1L, timeout_ms));
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl_, CURLOPT_PROXY, "");
    curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl_, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(curl_, CURLOPT_CAINFO, options.ca_file.c_str());
    if (!options.certificate_file.empty()) {
      curl_easy_setopt(curl_, CURLOPT_SSLCERT, options.certificate_file.c_str());
      curl_easy_setopt(curl_, CURLOPT_SSLKEY, options.key_file.c_str());
    }
    curl_easy_setopt(curl_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl_, CURLOPT_MAXAGE_CONN, kMaxIdleConnectionSeconds);
    curl_easy_setopt(curl_, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, "runners/" RUNNERS_VERSION);
  }

  void SetRequest(const HttpRequest& request, curl_slist* headers) {
    curl_easy_setopt(curl_, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
    const bool has_body =
        request.method == HttpMethod::kPost || request.method == HttpMethod::kPatch;
    if (has_body) {
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, MethodName(request.method));
  }

  CURL* const curl_;
};

HttpClient::HttpClient(HttpClientOptions options) : options_(std::move(options)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

HttpClient::~HttpClient() {
  {
    const MutexLock lock(mutex_);
    idle_.clear();
  }
  curl_global_cleanup();
}

absl::StatusOr<HttpResponse> HttpClient::Send(const HttpRequest& request, absl::Duration timeout) {
  std::unique_ptr<Handle> handle = Borrow();
  HttpResponse response;
  const CURLcode code = handle->Perform(request, options_, timeout, response);
  // After a failure the connection is in an unknown state: the handle goes with it.
  if (code != CURLE_OK) return FailureOf(code);
  GiveBack(std::move(handle));
  return response;
}

std::unique_ptr<HttpClient::Handle> HttpClient::Borrow() {
  {
    const MutexLock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Handle> handle = std::move(idle_.back());
      idle_.pop_back();
      return handle;
    }
  }
  return std::make_unique<Handle>();
}

void HttpClient::GiveBack(std::unique_ptr<Handle> handle) {
  const MutexLock lock(mutex_);
  if (idle_.size() < kMaxIdleHandles) idle_.push_back(std::move(handle));
}

}  // namespace runners::openziti

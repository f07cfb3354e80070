#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/support/mutex.h"

namespace runners::openziti {

enum class HttpMethod { kGet, kPost, kPatch, kDelete };

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  std::string url;                   // https only
  std::vector<std::string> headers;  // "Name: value"
  std::string body;                  // of POST and PATCH
};

struct HttpResponse {
  int status = 0;  // any three digits: the controller has statuses above 599
  std::string body;
};

struct HttpClientOptions {
  std::string ca_file;           // PEM; the peer is always verified
  std::string certificate_file;  // of this client, PEM; empty: none
  std::string key_file;
  absl::Duration connect_timeout = absl::Seconds(5);
  std::size_t max_body_bytes = 8 << 20;  // of an answer, after decompression
};

// HTTPS requests through libcurl, one at a time per calling thread, over connections that are kept
// for the next request. Follows no redirect, uses no proxy, logs nothing. Thread-safe.
//
// libcurl wants to be initialised once per process; since 7.84 it counts initialisations under a
// lock of its own, so every client does it in its constructor and takes it back in its destructor.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // The answer, whatever its status. Ends within `timeout`. Error: kOverlayUnavailable (no answer,
  // or none that can be read); the request may or may not have had its effect.
  absl::StatusOr<HttpResponse> Send(const HttpRequest& request, absl::Duration timeout);

 private:
  class Handle;

  std::unique_ptr<Handle> Borrow();
  void GiveBack(std::unique_ptr<Handle> handle);

  const HttpClientOptions options_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Handle>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace runners::openziti

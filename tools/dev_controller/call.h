#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dev_controller {

// One request, without HTTP and TLS around it.
struct Call {
  std::string method;
  std::string path;                          // decoded, without the query
  std::map<std::string, std::string> query;  // decoded
  std::string content_type;
  std::string accept;
  std::string session;  // header `zt-session`
  std::string body;
  std::string remote_address;
  // SHA-1 of the certificate the caller showed and proved to have the key of, in hexadecimal; ""
  // without one. It may be anybody's.
  std::string certificate_fingerprint;

  // "" when it is not there.
  std::string Query(const std::string& key) const {
    const auto found = query.find(key);
    return found == query.end() ? "" : found->second;
  }
};

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
};

// How an answer goes out.
enum class Delivery {
  kWhole,
  kTruncated,  // half of the body, then the connection ends
  kNever,      // the connection ends without an answer
};

struct Reply {
  Answer answer;
  Delivery delivery = Delivery::kWhole;
};

}  // namespace dev_controller

#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace runners::testing {

// What a real controller answered.
struct RecordedAnswer {
  int status = 0;
  nlohmann::json document;  // null when the body was no JSON
  std::string text;         // then: the body
};

// A request to a real controller and its answer; data/README.md says what the texts mean.
struct Exchange {
  int number = 0;  // from 1 on
  std::string step;
  std::string api;  // "mgmt", "client" or "mroot"
  std::string method;
  std::string path;  // with its query, which is not percent-encoded
  std::vector<std::pair<std::string, std::string>> headers;
  nlohmann::json body;  // an object, a string, or null for none
  RecordedAnswer answer;
};

// The exchanges of a file of data/ ("1.6.20" or "2.0.3"), in order. Throws std::runtime_error when
// it cannot be read or is not what it should be.
std::vector<Exchange> ReadTranscript(const std::string& version);

}  // namespace runners::testing

#include "tests/contract/transcripts/transcript.h"

#include <sstream>
#include <stdexcept>

#include "tests/support/temp_folder.h"

namespace runners::testing {
namespace {

using nlohmann::json;

Exchange ExchangeOf(const json& line) {
  const json& request = line.at("request");
  const json& response = line.at("response");
  Exchange exchange;
  exchange.number = line.at("n");
  exchange.step = line.at("step");
  exchange.api = request.at("api");
  exchange.method = request.at("method");
  exchange.path = request.at("path");
  for (const auto& [name, value] : request.at("headers").items()) {
    exchange.headers.emplace_back(name, value.get<std::string>());
  }
  exchange.body = request.at("body");
  exchange.answer.status = response.at("status");
  exchange.answer.document = response.at("json");
  exchange.answer.text = response.value("text", "");
  return exchange;
}

}  // namespace

std::vector<Exchange> ReadTranscript(const std::string& version) {
  const std::string path =
      RUNNERS_SOURCE_DIR "/tests/contract/transcripts/data/" + version + ".jsonl";
  std::istringstream lines(FileContent(path));
  std::vector<Exchange> exchanges;
  try {
    for (std::string line; std::getline(lines, line);) {
      exchanges.push_back(ExchangeOf(json::parse(line)));
    }
  } catch (const json::exception&) {
    throw std::runtime_error("line " + std::to_string(exchanges.size() + 1) + " of " + path +
                             " is no exchange");
  }
  return exchanges;
}

}  // namespace runners::testing

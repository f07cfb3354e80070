#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/transcripts/allowed_differences.h"
#include "tests/contract/transcripts/transcript.h"
#include "tests/contract/transcripts/transcript_replay.h"
#include "tests/contract/transcripts/value_freedom.h"
#include "tests/support/dev_controller_process.h"
#include "tests/support/scripted_https_server.h"

namespace runners::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Recording {
  std::string version;  // of the controller: the name of the file
  std::string line;     // of the development controller that has its ways
};
void PrintTo(const Recording& recording, std::ostream* out) {
  *out << recording.version;
}

// What a replay found, for a person: one paragraph for each step.
std::string Report(const Exchange& exchange, const Differences& found) {
  std::ostringstream report;
  report << "step " << exchange.number << " \"" << exchange.step << "\" (" << exchange.method << " "
         << exchange.path << ")\n";
  for (const Difference& difference : found) {
    report << "    ";
    PrintTo(difference, &report);
    report << "\n";
  }
  return report.str();
}

class Transcripts : public ::testing::TestWithParam<Recording> {};

TEST_P(Transcripts, DevelopmentControllerAnswersAsTheRealOneDid) {
  DevControllerOptions options;
  options.binary = RUNNERS_BINARY_DIR "/dev_controller";
  options.line = GetParam().line;
  const DevControllerProcess process(options);
  TranscriptReplay replay({process.management_url(), process.client_url(), process.ca_file(),
                           process.username(), process.password()});
  AllowList allowed(AllowedDifferences(), GetParam().line);

  std::string report;
  for (const Exchange& exchange : ReadTranscript(GetParam().version)) {
    const Differences left = allowed.WithoutAllowed(replay.Play(exchange), exchange.step);
    if (!left.empty()) report += Report(exchange, left);
  }

  EXPECT_TRUE(report.empty()) << report;
  EXPECT_THAT(allowed.Unused(), IsEmpty()) << "these differences are no longer there";
}

TEST_P(Transcripts, HoldEveryStepInOrder) {
  const std::vector<Exchange> exchanges = ReadTranscript(GetParam().version);

  ASSERT_EQ(exchanges.size(), 69u);
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    EXPECT_EQ(exchanges[i].number, static_cast<int>(i) + 1);
    if (exchanges[i].answer.document.is_null()) {
      EXPECT_FALSE(BundleFacts(exchanges[i].answer.text).is_null());
    }
  }
}

// A controller that says word for word what was recorded, whatever it is asked.
class Parrot {
 public:
  explicit Parrot(std::vector<Exchange> exchanges)
      : exchanges_(std::move(exchanges)),
        server_([this](const ScriptedRequest&) { return NextAnswer(); }) {}

  ControllerAccess Access() const {
    return {server_.url() + "/edge/management/v1", server_.url() + "/edge/client/v1",
            server_.ca_file(), "admin", Secret("a password")};
  }

 private:
  // Requests come one after the other: first the log-in of the replay.
  ScriptedAnswer NextAnswer() {
    const std::size_t number = next_++;
    if (number == 0) return {200, R"({"data":{"token":"a session"}})", ""};
    const RecordedAnswer& answer = exchanges_.at(number - 1).answer;
    Bindings bindings;
    bindings.Bind("<session>", "a session");
    bindings.Bind("{mgmt-root}", server_.url());
    bindings.Bind("{client-root}", server_.url());
    const std::string body = answer.document.is_null() ? answer.text : answer.document.dump();
    return {answer.status, bindings.Translate(body), ""};
  }

  const std::vector<Exchange> exchanges_;
  std::atomic<std::size_t> next_ = 0;  // request
  ScriptedHttpsServer server_;         // last: its threads use all of the above
};

// "step path" of every difference when the replay of `asked` is answered with `answered`.
std::vector<std::string> Played(const std::vector<Exchange>& asked,
                                const std::vector<Exchange>& answered) {
  const Parrot parrot(answered);
  TranscriptReplay replay(parrot.Access());
  std::vector<std::string> found;
  for (const Exchange& exchange : asked) {
    for (const Difference& difference : replay.Play(exchange)) {
      found.push_back(exchange.step + " " + difference.path);
    }
  }
  return found;
}

TEST_P(Transcripts, PlayedBackWordForWordDifferOnlyInWhatWasIssued) {
  const std::vector<Exchange> exchanges = ReadTranscript(GetParam().version);

  // The recorded certificate is not over the key the replay made.
  EXPECT_THAT(Played(exchanges, exchanges), ElementsAre("enroll data.cert"));
}

TEST_P(Transcripts, DifferencesPlantedInAnswersAreFound) {
  const std::vector<Exchange> exchanges = ReadTranscript(GetParam().version);
  std::vector<Exchange> planted = exchanges;
  json& service = planted.at(12).answer.document["data"];
  planted.at(3).answer.status = 403;
  planted.at(11).answer.document["error"]["code"] = "NOT_FOUND";
  service.erase("terminatorStrategy");
  service["roleAttributes"] = "runner-services";
  service["more"] = true;
  planted.at(22).answer.document["meta"]["pagination"]["limit"] = 501;
  planted.at(62).answer.document["data"]["serviceRoles"] = json::array();

  EXPECT_THAT(Played(exchanges, planted),
              ElementsAre("no session status", "create service again error.code",
                          "get service data.roleAttributes", "get service data.terminatorStrategy",
                          "get service data.more", "limit over 500 meta.pagination.limit",
                          "enroll data.cert", "policy after its service data.serviceRoles"));
}

INSTANTIATE_TEST_SUITE_P(Recorded, Transcripts,
                         ::testing::Values(Recording{"1.6.20", "1.6"}, Recording{"2.0.3", "2.0"}),
                         [](const auto& recording) {
                           return "Line" + recording.param.line.substr(0, 1);
                         });

}  // namespace
}  // namespace runners::testing

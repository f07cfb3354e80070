#pragma once

#include <string>

#include "adapters/openziti/http_client.h"
#include "adapters/system/x509.h"
#include "tests/contract/transcripts/bindings.h"
#include "tests/contract/transcripts/difference.h"
#include "tests/contract/transcripts/transcript.h"
#include "tests/support/controller_admin.h"

namespace runners::testing {

// Plays the requests of one transcript to a controller, in order, over HTTPS. What was new in the
// recording is new here: the session, ids and tokens that came with earlier answers, the request
// for a certificate. Thread-compatible.
class TranscriptReplay {
 public:
  // Logs in, as the recorder had done before the first step. Throws std::runtime_error when that
  // fails.
  explicit TranscriptReplay(ControllerAccess access);

  // Sends the request and compares the answer; the certificate of an enrollment must moreover be
  // over the key it was asked for and lead to the CA bundle the replay was given.
  Differences Play(const Exchange& exchange);

 private:
  openziti::HttpRequest RequestOf(const Exchange& exchange) const;
  std::string BodyOf(const nlohmann::json& recorded) const;
  void JudgeIssued(const std::string& body, Differences& found) const;

  const ControllerAccess access_;
  const std::string management_root_;
  openziti::HttpClient http_;
  const system::KeyAndRequest key_and_request_;
  Bindings bindings_;
  std::string ca_bundle_;  // PEM, of the step that asks for it
};

}  // namespace runners::testing

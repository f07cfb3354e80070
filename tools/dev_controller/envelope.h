#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/dev_controller/call.h"

namespace dev_controller {

// A request is refused. Thrown by whatever finds out, turned into the answer in one place
// (Controller), where the change in the making is dropped too.
class Refusal : public std::runtime_error {
 public:
  // `cause` is null, or the object that goes into `error.cause`.
  Refusal(int status, std::string code, std::string message, nlohmann::json cause = nullptr)
      : std::runtime_error(message),
        status_(status),
        code_(std::move(code)),
        cause_(std::move(cause)) {}

  Answer ToAnswer() const;

  // With a header in its answer.
  Refusal With(std::string name, std::string value) const;

 private:
  int status_;
  std::string code_;
  nlohmann::json cause_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

// The refusals a controller is known to give, in its words.
Refusal InvalidField(const std::string& field, const std::string& reason, const std::string& value,
                     int status = 400);
Refusal InvalidDocument(const std::string& message);  // COULD_NOT_VALIDATE without a field
Refusal UnreadableBody(const std::string& parameter, const std::string& why);
Refusal InvalidFilter(const std::string& message);
Refusal NotFound(const std::string& message);
Refusal MethodNotAllowed(const std::string& method, const std::string& allowed);
Refusal Unauthorized(nlohmann::json cause = nullptr);
Refusal InvalidAuthentication();
Refusal InvalidEnrollmentToken();
Refusal UnreadableCsr(const std::string& why);
Refusal Busy();      // 429
Refusal TimedOut();  // 503
Refusal Broken();    // 500

// {"code":...} without an envelope, as only a body over the limit is answered.
Answer TooLarge();

Answer DataAnswer(nlohmann::json data, int status = 200);
Answer EmptyAnswer();  // {"data":{}} of changes and deletions
Answer CreatedAnswer(const std::string& collection, const std::string& id);

// One page of a list.
struct Page {
  nlohmann::json rows = nlohmann::json::array();
  std::int64_t limit = 0;
  std::int64_t offset = 0;
  std::int64_t total = 0;
};
Answer PageAnswer(Page page, const std::vector<std::string>& filterable_fields);

}  // namespace dev_controller

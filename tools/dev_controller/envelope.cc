#include "tools/dev_controller/envelope.h"

#include <utility>

#include "tools/dev_controller/ids.h"

namespace dev_controller {
namespace {

using nlohmann::json;

constexpr char kInvalidText[] =
    "The supplied request contains an invalid document or no valid accept content were available, "
    "see cause";
constexpr char kUnauthorizedText[] =
    "The request could not be completed. The session is not authorized or the credentials are "
    "invalid";
constexpr char kNotFoundText[] = "The resource requested was not found or is no longer available";

// How a controller passes on an error it has no code for.
json Unhandled(const std::string& message) {
  return {{"code", "UNHANDLED"}, {"message", message}};
}

std::string Printed(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Answer Refusal::ToAnswer() const {
  json error = {{"code", code_}, {"message", what()}, {"requestId", NewShortId()}};
  if (!cause_.is_null()) error["cause"] = cause_;
  const json body = {{"error", error},
                     {"meta", {{"apiEnrollmentVersion", "0.0.1"}, {"apiVersion", "0.0.1"}}}};
  Answer answer;
  answer.status = status_;
  answer.body = Printed(body);
  answer.headers = headers_;
  return answer;
}

Refusal Refusal::With(std::string name, std::string value) const {
  Refusal refusal = *this;
  refusal.headers_.emplace_back(std::move(name), std::move(value));
  return refusal;
}

Refusal InvalidField(const std::string& field, const std::string& reason, const std::string& value,
                     int status) {
  return {status,
          "COULD_NOT_VALIDATE",
          kInvalidText,
          {{"field", field}, {"reason", reason}, {"value", value}}};
}

Refusal InvalidDocument(const std::string& message) {
  return {400, "COULD_NOT_VALIDATE", kInvalidText, Unhandled(message)};
}

Refusal UnreadableBody(const std::string& parameter, const std::string& why) {
  return {400, "COULD_NOT_PARSE_BODY", "The body of the request could not be parsed",
          Unhandled("parsing " + parameter + " body from \"\" failed, because " + why)};
}

Refusal InvalidFilter(const std::string& message) {
  return {400, "INVALID_FILTER", "The filter query supplied is invalid", Unhandled(message)};
}

Refusal NotFound(const std::string& message) {
  return {404, "NOT_FOUND", kNotFoundText, Unhandled(message)};
}

Refusal MethodNotAllowed(const std::string& method, const std::string& allowed) {
  return {405, "METHOD_NOT_ALLOWED", "The resource requested does not support this HTTP verb",
          Unhandled("method " + method + " is not allowed, but [" + allowed + "] are")};
}

Refusal Unauthorized(json cause) {
  return {401, "UNAUTHORIZED", kUnauthorizedText, std::move(cause)};
}

Refusal InvalidAuthentication() {
  return {401, "INVALID_AUTH", "The authentication request failed"};
}

Refusal InvalidEnrollmentToken() {
  return {400, "INVALID_ENROLLMENT_TOKEN", "The supplied token is not valid"};
}

Refusal UnreadableCsr(const std::string& why) {
  return {400, "COULD_NOT_PROCESS_CSR", "The supplied csr could not be processed", Unhandled(why)};
}

Refusal Busy() {
  return {429, "SERVER_TOO_MANY_REQUESTS", "Too many requests are under way"};
}

Refusal TimedOut() {
  return {503, "TIMEOUT", "The request took too long"};
}

Refusal Broken() {
  return {500, "UNHANDLED", "An unhandled error occurred"};
}

Answer TooLarge() {
  Answer answer;
  answer.status = 413;
  answer.body = Printed({{"code", "REQUEST_ENTITY_TOO_LARGE"},
                         {"message", "The request body exceeds the maximum accepted size"},
                         {"cause", nullptr}});
  return answer;
}

Answer DataAnswer(json data, int status) {
  Answer answer;
  answer.status = status;
  answer.body = Printed({{"data", std::move(data)}, {"meta", json::object()}});
  return answer;
}

Answer EmptyAnswer() {
  return DataAnswer(json::object());
}

Answer CreatedAnswer(const std::string& collection, const std::string& id) {
  const json self = {{"href", "./" + collection + "/" + id}};
  return DataAnswer({{"_links", {{"self", self}}}, {"id", id}}, 201);
}

Answer PageAnswer(Page page, const std::vector<std::string>& filterable_fields) {
  const json pagination = {
      {"limit", page.limit}, {"offset", page.offset}, {"totalCount", page.total}};
  Answer answer;
  answer.body =
      Printed({{"data", std::move(page.rows)},
               {"meta", {{"filterableFields", filterable_fields}, {"pagination", pagination}}}});
  return answer;
}

}  // namespace dev_controller

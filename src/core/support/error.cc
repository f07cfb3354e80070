#include "core/support/error.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/support/enumeration.h"
#include "core/support/joined_parts.h"

namespace runners {
namespace {

// The detail travels inside absl::Status as a payload of joined parts.
constexpr char kPayloadUrl[] = "runners/error-detail";

std::string Encode(const ErrorDetail& detail) {
  JoinedParts out;
  out.Add(RowOf(detail.reason).name);
  out.AddCount(detail.violations.size());
  for (const FieldViolation& violation : detail.violations) {
    out.Add(violation.field).Add(violation.description);
  }
  out.AddCount(detail.unmet.size());
  for (const UnmetPrecondition& unmet : detail.unmet) {
    out.Add(unmet.type).Add(unmet.subject).Add(unmet.description);
  }
  out.AddCount(detail.metadata.size());
  for (const auto& [key, value] : detail.metadata) out.Add(key).Add(value);
  out.Add(detail.retry_after ? std::to_string(absl::ToInt64Nanoseconds(*detail.retry_after)) : "");
  return out.text();
}

// Reads what Encode wrote; the payload is never anybody else's.
class Decoder {
 public:
  explicit Decoder(std::string_view text) : parts_(JoinedParts::Split(text).value()) {}

  std::string Next() { return std::move(parts_.at(next_++)); }

  std::size_t NextCount() { return Number<std::size_t>(Next()); }

  template <typename T>
  static T Number(std::string_view text) {
    T number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }

 private:
  std::vector<std::string> parts_;
  std::size_t next_ = 0;
};

ErrorDetail Decode(std::string_view payload) {
  Decoder in(payload);
  ErrorDetail detail;
  detail.reason = ParseErrorReason(in.Next()).value_or(ErrorReason::kInternal);
  for (std::size_t n = in.NextCount(); n > 0; --n) {
    std::string field = in.Next();
    detail.violations.push_back({std::move(field), in.Next()});
  }
  for (std::size_t n = in.NextCount(); n > 0; --n) {
    std::string type = in.Next();
    std::string subject = in.Next();
    detail.unmet.push_back({std::move(type), std::move(subject), in.Next()});
  }
  for (std::size_t n = in.NextCount(); n > 0; --n) {
    std::string key = in.Next();
    detail.metadata[std::move(key)] = in.Next();
  }
  if (const std::string nanos = in.Next(); !nanos.empty()) {
    detail.retry_after = absl::Nanoseconds(Decoder::Number<std::int64_t>(nanos));
  }
  return detail;
}

}  // namespace

absl::Status MakeError(ErrorDetail detail, std::string_view message) {
  absl::Status status(RowOf(detail.reason).code, std::string(message));
  status.SetPayload(kPayloadUrl, absl::Cord(Encode(detail)));
  return status;
}

absl::Status MakeError(ErrorReason reason, std::string_view message) {
  ErrorDetail detail;
  detail.reason = reason;
  return MakeError(std::move(detail), message);
}

absl::Status InvalidArgument(std::vector<FieldViolation> violations) {
  std::vector<std::string> sentences;
  sentences.reserve(violations.size());
  for (const FieldViolation& violation : violations) {
    sentences.push_back(violation.field + ": " + violation.description);
  }
  const std::string message = Enumerated(sentences, "; ", kMaxMessageBytes);
  ErrorDetail detail;
  detail.reason = ErrorReason::kInvalidArgument;
  detail.violations = std::move(violations);
  return MakeError(std::move(detail), message);
}

ErrorDetail DetailOf(const absl::Status& status) {
  if (const auto payload = status.GetPayload(kPayloadUrl)) return Decode(std::string(*payload));
  return ErrorDetail{};
}

bool HasReason(const absl::Status& status, ErrorReason reason) {
  return !status.ok() && ReasonOf(status) == reason;
}

}  // namespace runners

#include "app/ctl/failure.h"

#include <cstddef>

#include "app/ctl/text.h"
#include "core/support/error.h"
#include "runners/client.h"

namespace runners::ctl {
namespace {

constexpr char kLocalUrl[] = "runners/ctl/local";
constexpr char kUsageUrl[] = "runners/ctl/usage";
constexpr std::size_t kServiceTokenCharacters = 64;  // lower-case hex

bool IsLocal(const absl::Status& status) {
  return status.GetPayload(kLocalUrl).has_value();
}

std::string ReasonText(const client::Failure& failure) {
  if (failure.reason != ErrorReason::kInternal || failure.request_id.empty()) {
    return failure.reason_name;
  }
  return failure.reason_name + ", request " + failure.request_id;
}

}  // namespace

absl::Status LocalFailure(std::string_view sentence) {
  absl::Status status(absl::StatusCode::kFailedPrecondition, std::string(sentence));
  status.SetPayload(kLocalUrl, absl::Cord());
  return status;
}

absl::Status UsageFailure(std::string_view sentence) {
  absl::Status status(absl::StatusCode::kInvalidArgument, std::string(sentence));
  status.SetPayload(kUsageUrl, absl::Cord());
  return status;
}

bool IsUsageFailure(const absl::Status& status) {
  return status.GetPayload(kUsageUrl).has_value();
}

bool LooksLikeServiceToken(std::string_view text) {
  return text.size() == kServiceTokenCharacters &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string Shown(std::string_view text) {
  constexpr std::size_t kMostCharacters = 60;
  if (LooksLikeServiceToken(text)) return "a service token";
  return "'" + Shortened(Printable(text), kMostCharacters) + "'";
}

int ReportUsage(std::string_view sentence, std::string_view command, std::ostream& err) {
  err << "runnersctl: " << Printable(sentence) << " (usage: " << command << " --help)\n";
  return kExitUsage;
}

std::string FailureSentence(const absl::Status& failure) {
  std::string sentence = Printable(MessageOf(failure));
  if (IsLocal(failure)) return sentence;
  return sentence + " (" + Printable(ReasonText(client::FailureOf(failure))) + ")";
}

int ReportFailure(const absl::Status& failure, std::ostream& err) {
  err << "runnersctl: " << FailureSentence(failure) << '\n';
  if (IsLocal(failure)) return kExitFailed;
  for (const FieldViolation& violation : DetailOf(failure).violations) {
    const std::string line = violation.field + ": " + violation.description;
    if (MessageOf(failure).find(line) != std::string_view::npos) continue;
    err << "  " << Printable(violation.field.empty() ? violation.description : line) << '\n';
  }
  return client::FailureOf(failure).reason == ErrorReason::kNoRunnerQualifies
             ? kExitNoRunnerQualifies
             : kExitFailed;
}

}  // namespace runners::ctl

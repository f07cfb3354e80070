#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace runners::ctl {

// Exit codes, documented in --help.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitNoRunnerQualifies = 2;
inline constexpr int kExitUsage = 64;  // EX_USAGE of sysexits.h

// A failure on this side of the wire, such as a file that cannot be written. `sentence` is for
// people.
absl::Status LocalFailure(std::string_view sentence);

// A command line that is wrong. `sentence` is for people.
absl::Status UsageFailure(std::string_view sentence);
bool IsUsageFailure(const absl::Status& status);

// Whether `text` has the form of a service token, which is a secret.
bool LooksLikeServiceToken(std::string_view text);

// `text` in quotes as it may stand in a sentence: printable and short; a service token that
// somebody typed in a wrong place is not repeated.
std::string Shown(std::string_view text);

// "runnersctl: <sentence> (usage: <command> --help)". Returns kExitUsage.
int ReportUsage(std::string_view sentence, std::string_view command, std::ostream& err);

// "runnersctl: <sentence> (<REASON>)", and a line for every violation the sentence does not show;
// without a reason when the failure is local. Returns the exit code. `failure` must not be OK.
int ReportFailure(const absl::Status& failure, std::ostream& err);

// The part of that after "runnersctl: ", as one printable line.
std::string FailureSentence(const absl::Status& failure);

}  // namespace runners::ctl

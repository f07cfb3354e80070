#pragma once

#include <ostream>

#include "absl/status/status.h"

namespace runners::server {

// Exit codes of `runners`, documented in --help.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 64;     // EX_USAGE of sysexits.h
inline constexpr int kExitSettings = 78;  // EX_CONFIG

// "runners: <sentence>". Returns kExitFailed. `failure` must not be OK.
int ReportFailure(const absl::Status& failure, std::ostream& err);

// "runners: <SETTING> <what is wrong>", a line each. Returns kExitSettings. `failure` is an error
// of ReadSettings.
int ReportSettings(const absl::Status& failure, std::ostream& err);

}  // namespace runners::server

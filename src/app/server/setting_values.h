#pragma once

#include <string>

#include "absl/time/time.h"

#include "adapters/system/log.h"
#include "core/support/secret.h"

// How the text of a setting becomes a value. Each function returns what is wrong with the text as
// the end of a sentence that begins with the setting's name, or nothing and the value in `value`.
// None repeats the text.
namespace runners::server {

// `least` and `most` are both allowed.
std::string ReadNumber(const std::string& text, int least, int most, int& value);

// Such as 500ms, 5s, 2m or 1m30s; `least` and `most` are both allowed.
std::string ReadDuration(const std::string& text, absl::Duration least, absl::Duration most,
                         absl::Duration& value);

std::string ReadFlag(const std::string& text, bool& value);                    // true, false
std::string ReadLogFormat(const std::string& text, system::LogFormat& value);  // json, text
std::string ReadLogLevel(const std::string& text, system::LogLevel& value);    // debug ... error
std::string ReadListenAddress(const std::string& text, std::string& value);    // [HOST]:PORT
std::string ReadEdgeUrl(const std::string& text, std::string& value);          // https://host:port
std::string ReadDatabaseUrl(const std::string& text, Secret& value);           // postgresql://...
std::string ReadReadableFile(const std::string& text, std::string& value);     // its name

// The content of a file that holds a secret, without white space at its end; at most 64 KiB.
std::string ReadSecretFile(const std::string& path, std::string& content);

}  // namespace runners::server

#include "app/server/setting_values.h"

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"

#include "adapters/openziti/edge_url.h"
#include "adapters/postgres/connection_string.h"
#include "app/server/listen_address.h"

namespace runners::server {
namespace {

constexpr std::size_t kMaxSecretFileBytes = 65'536;

std::optional<int> NumberIn(const std::string& text) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

// "1m0s" reads oddly for what people write as "1m".
std::string Shown(absl::Duration duration) {
  std::string text = absl::FormatDuration(duration);
  for (const char* zero : {"m0s", "h0m"}) {
    const std::size_t at = text.size() >= 3 ? text.size() - 2 : 0;
    if (at > 0 && text.compare(at - 1, 3, zero) == 0) text.resize(at);
  }
  return text;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// The first `limit` bytes of a file, or fewer when it has no more. Returns an errno, 0 for success.
int ReadBeginning(const std::string& path, std::size_t limit, std::string& content) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return errno;
  content.resize(limit);
  content.resize(std::fread(content.data(), 1, limit, file.get()));
  return std::ferror(file.get()) != 0 ? errno : 0;
}

std::string WhyUnreadable(int error) {
  return std::string("names a file that cannot be read: ") + std::strerror(error);
}

}  // namespace

std::string ReadNumber(const std::string& text, int least, int most, int& value) {
  const std::optional<int> number = NumberIn(text);
  if (!number || *number < least || *number > most) {
    return "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  }
  value = *number;
  return "";
}

std::string ReadDuration(const std::string& text, absl::Duration least, absl::Duration most,
                         absl::Duration& value) {
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration)) {
    return "must be a time with its unit, such as 500ms, 5s or 2m";
  }
  if (duration < least || duration > most) {
    return "must be a time from " + Shown(least) + " to " + Shown(most);
  }
  value = duration;
  return "";
}

std::string ReadFlag(const std::string& text, bool& value) {
  if (text != "true" && text != "false") return "must be true or false";
  value = text == "true";
  return "";
}

std::string ReadLogFormat(const std::string& text, system::LogFormat& value) {
  const std::optional<system::LogFormat> format = system::ParseLogFormat(text);
  if (!format) return "must be json or text";
  value = *format;
  return "";
}

std::string ReadLogLevel(const std::string& text, system::LogLevel& value) {
  const std::optional<system::LogLevel> level = system::ParseLogLevel(text);
  if (!level) return "must be debug, info, warn or error";
  value = *level;
  return "";
}

std::string ReadListenAddress(const std::string& text, std::string& value) {
  if (!IsListenAddress(text)) {
    return "must be HOST:PORT or :PORT, with a port from 0 to 65535 and an IPv6 host in brackets";
  }
  value = text;
  return "";
}

std::string ReadEdgeUrl(const std::string& text, std::string& value) {
  if (!openziti::EdgeUrl::Parse(text)) return openziti::EdgeUrl::kForm;
  value = text;
  return "";
}

std::string ReadDatabaseUrl(const std::string& text, Secret& value) {
  Secret url(text);
  if (!postgres::WithDefaults(url, {}).ok()) {
    return "is neither a postgresql:// URI nor a connection string of libpq";
  }
  value = std::move(url);
  return "";
}

std::string ReadReadableFile(const std::string& text, std::string& value) {
  std::string beginning;
  if (const int error = ReadBeginning(text, 1, beginning); error != 0) return WhyUnreadable(error);
  if (beginning.empty()) return "names an empty file";
  value = text;
  return "";
}

std::string ReadSecretFile(const std::string& path, std::string& content) {
  std::string text;
  if (const int error = ReadBeginning(path, kMaxSecretFileBytes + 1, text); error != 0) {
    return WhyUnreadable(error);
  }
  if (text.size() > kMaxSecretFileBytes) return "names a file of more than 64 KiB";
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last == std::string::npos) return "names an empty file";
  text.resize(last + 1);
  content = std::move(text);
  return "";
}

}  // namespace runners::server

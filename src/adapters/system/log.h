#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace spdlog {
class logger;
}

namespace runners::system {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kText, kJson };

std::optional<LogLevel> ParseLogLevel(std::string_view name);    // debug, info, warn, error
std::optional<LogFormat> ParseLogFormat(std::string_view name);  // text, json

// One key of a log line. A runners::Secret cannot be a value: it has no conversion to any of these.
struct LogField {
  std::string_view key;
  std::variant<std::string, long long, double> value;

  LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  LogField(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, int v) : key(k), value(static_cast<long long>(v)) {}
  LogField(std::string_view k, long v) : key(k), value(static_cast<long long>(v)) {}
  LogField(std::string_view k, long long v) : key(k), value(v) {}
  LogField(std::string_view k, unsigned long v) : key(k), value(static_cast<long long>(v)) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
};

// Structured lines on stderr, one event a line. Events are dotted, SUBJECT.what_happened
// ("migration.applied"). Never give it tokens, digests, keys, DSNs, whole messages or the text of
// an exception. Thread-safe.
//
// JSON: {"time":RFC 3339,"level":...,"service":"runners","msg":EVENT, fields...}. Text: time level
// event key=value ...
class Log {
 public:
  Log(LogLevel level, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Write(LogLevel level, std::string_view event, const std::vector<LogField>& fields);

  void Debug(std::string_view event, const std::vector<LogField>& fields = {}) {
    Write(LogLevel::kDebug, event, fields);
  }
  void Info(std::string_view event, const std::vector<LogField>& fields = {}) {
    Write(LogLevel::kInfo, event, fields);
  }
  void Warn(std::string_view event, const std::vector<LogField>& fields = {}) {
    Write(LogLevel::kWarn, event, fields);
  }
  void Error(std::string_view event, const std::vector<LogField>& fields = {}) {
    Write(LogLevel::kError, event, fields);
  }

 private:
  const LogFormat format_;
  std::shared_ptr<spdlog::logger> logger_;  // spdlog hands its loggers out shared
};

}  // namespace runners::system

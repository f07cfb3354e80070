#pragma once

#include <string>

namespace runners::testing {

// Takes what this process writes to stderr from now on, until it goes. Then all of it is written to
// where stderr led before, so that it can be seen there. Thread-compatible; may be nested.
class LogCapture {
 public:
  LogCapture();
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  // Everything taken so far.
  std::string Text() const;

 private:
  int before_;  // where stderr led
  int taken_;   // a file without a name
};

}  // namespace runners::testing

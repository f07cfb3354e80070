#include "tests/functional/rpc/log_capture.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace runners::testing {

LogCapture::LogCapture() : before_(dup(STDERR_FILENO)), taken_(-1) {
  std::string path = "/tmp/runners-log-XXXXXX";
  taken_ = mkostemp(path.data(), O_APPEND);
  if (before_ < 0 || taken_ < 0) throw std::runtime_error("stderr cannot be captured");
  unlink(path.c_str());
  fflush(stderr);
  dup2(taken_, STDERR_FILENO);
}

LogCapture::~LogCapture() {
  fflush(stderr);
  dup2(before_, STDERR_FILENO);
  const std::string text = Text();
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t written = write(STDERR_FILENO, text.data() + done, text.size() - done);
    if (written <= 0) break;
    done += static_cast<std::size_t>(written);
  }
  close(taken_);
  close(before_);
}

std::string LogCapture::Text() const {
  std::string text;
  std::array<char, 1 << 16> part;
  ssize_t size = 0;
  while ((size = pread(taken_, part.data(), part.size(), static_cast<off_t>(text.size()))) > 0) {
    text.append(part.data(), static_cast<std::size_t>(size));
  }
  return text;
}

}  // namespace runners::testing

#pragma once

#include <string>
#include <string_view>

namespace runners::testing {

// A folder of this test's own, readable by this user only, removed with everything in it. Throws
// std::runtime_error when it cannot be made or written. Thread-compatible.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

  // Writes a file in it and returns its path.
  std::string Write(const std::string& name, std::string_view content) const;

 private:
  std::string path_;
};

// The whole content of a file. Throws std::runtime_error when it cannot be read.
std::string FileContent(const std::string& path);

}  // namespace runners::testing

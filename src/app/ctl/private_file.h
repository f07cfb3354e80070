#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace runners::ctl {

// What becomes of a file that is there already.
enum class IfExists { kRefuse, kReplace };

// Of --force.
constexpr IfExists IfExistsOf(bool force) {
  return force ? IfExists::kReplace : IfExists::kRefuse;
}

// What is reserved on the disk for each kind of secret.
inline constexpr std::size_t kTokenFileBytes = 65;            // with its line break
inline constexpr std::size_t kIdentityFileBytes = 32 * 1024;  // a key, its certificate, CA bundle

// A file for a secret: readable by its owner only (0600), there with its whole content or not at
// all. It is written beside its place under another name and moved there when complete.
// A process that is killed before that leaves the other name behind, a hidden file with as many
// zeros as were reserved. Thread-compatible.
class PrivateFile {
 public:
  // Proves that `path` can be written, and reserves `bytes` on the disk, before the secret exists.
  // Errors name what is wrong: no such folder, no permission, a file or something else is there.
  static absl::StatusOr<std::unique_ptr<PrivateFile>> Reserve(const std::string& path,
                                                              IfExists if_exists,
                                                              std::size_t bytes);
  // Leaves nothing behind when it was not committed.
  ~PrivateFile();
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;

  // Writes the content down to the disk and gives the file its name. Call it once.
  absl::Status Commit(std::string_view content);

 private:
  PrivateFile(std::string path, IfExists if_exists)
      : path_(std::move(path)), if_exists_(if_exists) {}

  absl::Status CheckPlace() const;
  absl::Status Open();
  absl::Status Write(std::string_view content);
  absl::Status TakeName();
  absl::Status Failed(std::string_view what) const;  // with the reason in errno

  const std::string path_;
  const IfExists if_exists_;
  std::string draft_path_;  // empty: no draft on the disk
  int file_ = -1;
};

// Reads a secret of at most 64 KiB from a file, or from standard input when `path` is "-".
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

}  // namespace runners::ctl

#include "app/ctl/private_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "app/ctl/failure.h"
#include "core/support/status_macros.h"

namespace runners::ctl {
namespace {

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

std::string ErrnoText() {
  return std::generic_category().message(errno);
}

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// The name is on the disk only when the folder is.
void SyncFolder(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PrivateFile>> PrivateFile::Reserve(const std::string& path,
                                                                  IfExists if_exists,
                                                                  std::size_t bytes) {
  std::unique_ptr<PrivateFile> file(new PrivateFile(path, if_exists));
  RUNNERS_RETURN_IF_ERROR(file->CheckPlace());
  RUNNERS_RETURN_IF_ERROR(file->Open());
  RUNNERS_RETURN_IF_ERROR(file->Write(std::string(bytes, '\0')));
  return file;
}

PrivateFile::~PrivateFile() {
  if (file_ >= 0) close(file_);
  if (!draft_path_.empty()) unlink(draft_path_.c_str());
}

absl::Status PrivateFile::Commit(std::string_view content) {
  RUNNERS_RETURN_IF_ERROR(Write(content));
  RUNNERS_RETURN_IF_ERROR(TakeName());
  SyncFolder(FolderOf(path_));
  return absl::OkStatus();
}

absl::Status PrivateFile::CheckPlace() const {
  if (path_.empty() || path_.back() == '/') {
    return LocalFailure("'" + path_ + "' is not the name of a file");
  }
  struct stat found {};
  if (lstat(path_.c_str(), &found) != 0) return absl::OkStatus();
  if (!S_ISREG(found.st_mode)) return LocalFailure(path_ + " is there and is not a regular file");
  if (if_exists_ == IfExists::kRefuse) {
    return LocalFailure(path_ + " exists already: name another file, or replace it with --force");
  }
  return absl::OkStatus();
}

absl::Status PrivateFile::Open() {
  const std::filesystem::path path(path_);
  std::string draft = FolderOf(path_) + "/." + path.filename().string() + ".XXXXXX";
  file_ = mkostemp(draft.data(), O_CLOEXEC);
  if (file_ < 0) return Failed("cannot write " + path_);
  draft_path_ = draft;
  if (fchmod(file_, kOwnerOnly) != 0) return Failed("cannot protect " + path_);
  return absl::OkStatus();
}

absl::Status PrivateFile::Write(std::string_view content) {
  off_t offset = 0;
  while (!content.empty()) {
    const ssize_t written = pwrite(file_, content.data(), content.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Failed("cannot write " + path_);
    content.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
  if (ftruncate(file_, offset) != 0 || fsync(file_) != 0) return Failed("cannot write " + path_);
  return absl::OkStatus();
}

absl::Status PrivateFile::TakeName() {
  if (if_exists_ == IfExists::kRefuse) {
    // A link does not replace what came there meanwhile; a rename would.
    if (link(draft_path_.c_str(), path_.c_str()) == 0) return absl::OkStatus();
    if (errno == EEXIST) return Failed("cannot write " + path_);
    // Some file systems have no links.
    RUNNERS_RETURN_IF_ERROR(CheckPlace());
  }
  if (rename(draft_path_.c_str(), path_.c_str()) != 0) return Failed("cannot write " + path_);
  draft_path_.clear();
  return absl::OkStatus();
}

absl::Status PrivateFile::Failed(std::string_view what) const {
  return LocalFailure(std::string(what) + ": " + ErrnoText());
}

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  constexpr std::size_t kMostBytes = 64 * 1024;
  const bool from_input = path == "-";
  const std::string name = from_input ? "standard input" : path;
  const int file = from_input ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return LocalFailure("cannot read " + name + ": " + ErrnoText());
  std::string content;
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  while (content.size() <= kMostBytes) {
    count = read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    content.append(buffer.data(), static_cast<std::size_t>(count));
  }
  const std::string error = count < 0 ? ErrnoText() : "";
  close(file);
  if (!error.empty()) return LocalFailure("cannot read " + name + ": " + error);
  if (content.size() > kMostBytes) return LocalFailure(name + " is too large for a service token");
  return content;
}

}  // namespace runners::ctl

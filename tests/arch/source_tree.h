#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace runners::arch {

// What a check found wrong, one sentence each, with file and line where there is one.
using Violations = std::vector<std::string>;

struct SourceFile {
  std::string path;  // below the root, with slashes
  std::vector<std::string> lines;
};

// The project's own text files, in memory: what is built, cached or kept by git is left out. A copy
// is for planting violations. Thread-compatible.
class SourceTree {
 public:
  // Those below `root`.
  explicit SourceTree(const std::filesystem::path& root);

  // The project this test was built from.
  static const SourceTree& Project();

  // In order of their paths.
  const std::vector<SourceFile>& files() const { return files_; }

  // One file; it has no lines when it does not exist.
  SourceFile File(std::string_view path) const;

  // Makes the file if there is none.
  void Append(std::string_view path, std::string_view text);

  // Replaces the first `from` in the file; throws std::runtime_error if it is not there.
  void Replace(std::string_view path, std::string_view from, std::string_view to);

  void Remove(std::string_view path);

 private:
  SourceFile& Make(std::string_view path);

  std::vector<SourceFile> files_;
};

// Whether the path is `folder` or something in it.
bool IsIn(std::string_view path, std::string_view folder);

// A .h or .cc file.
bool IsCpp(std::string_view path);

// "path:line".
std::string At(const SourceFile& file, std::size_t index);

}  // namespace runners::arch

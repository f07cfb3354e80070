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

// The project's own text files below `root`: what is built, cached or kept by git is left out.
// In order of their paths.
std::vector<SourceFile> ReadTree(const std::filesystem::path& root);

// One file of the tree; it has no lines when it does not exist.
SourceFile ReadFile(const std::filesystem::path& root, std::string_view path);

// Whether the path is `folder` or something in it.
bool IsIn(std::string_view path, std::string_view folder);

// A .h or .cc file.
bool IsCpp(std::string_view path);

// "path:line".
std::string At(const SourceFile& file, std::size_t index);

// A copy of the project's text files in a temporary folder, for planting violations. Removed with
// this object. Thread-compatible.
class TreeCopy {
 public:
  TreeCopy();
  ~TreeCopy();
  TreeCopy(const TreeCopy&) = delete;
  TreeCopy& operator=(const TreeCopy&) = delete;

  const std::filesystem::path& root() const { return root_; }

  // Makes the file if there is none.
  void Append(std::string_view path, std::string_view text) const;

  // Replaces the first `from` in the file; throws std::runtime_error if it is not there.
  void Replace(std::string_view path, std::string_view from, std::string_view to) const;

 private:
  std::filesystem::path root_;
};

// The project this test was built from.
std::filesystem::path ProjectRoot();

}  // namespace runners::arch

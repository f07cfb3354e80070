#include "tests/arch/source_tree.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace runners::arch {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kNotOurs = {".git", "build", ".cache", ".state",
                                                      "compile_commands.json"};

std::string ReadAll(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::vector<std::string> Lines(const fs::path& path) {
  std::ifstream stream(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  return lines;
}

bool IsOurs(const fs::path& top) {
  return std::find(kNotOurs.begin(), kNotOurs.end(), top.string()) == kNotOurs.end();
}

}  // namespace

std::vector<SourceFile> ReadTree(const fs::path& root) {
  std::vector<SourceFile> files;
  for (const auto& top : fs::directory_iterator(root)) {
    if (!IsOurs(top.path().filename())) continue;
    if (top.is_regular_file()) {
      files.push_back({fs::relative(top.path(), root).generic_string(), Lines(top.path())});
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(top.path())) {
      if (!entry.is_regular_file()) continue;
      files.push_back({fs::relative(entry.path(), root).generic_string(), Lines(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

SourceFile ReadFile(const fs::path& root, std::string_view path) {
  return {std::string(path), Lines(root / path)};
}

bool IsIn(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/' || folder.ends_with('/'));
}

bool IsCpp(std::string_view path) {
  return path.ends_with(".h") || path.ends_with(".cc");
}

std::string At(const SourceFile& file, std::size_t index) {
  return file.path + ":" + std::to_string(index + 1);
}

TreeCopy::TreeCopy() {
  std::string name = fs::temp_directory_path() / "runners-arch-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  root_ = name;
  for (const auto& top : fs::directory_iterator(ProjectRoot())) {
    if (!IsOurs(top.path().filename())) continue;
    fs::copy(top.path(), root_ / top.path().filename(), fs::copy_options::recursive);
  }
}

TreeCopy::~TreeCopy() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void TreeCopy::Append(std::string_view path, std::string_view text) const {
  fs::create_directories((root_ / path).parent_path());
  std::ofstream(root_ / path, std::ios::app) << text;
}

void TreeCopy::Replace(std::string_view path, std::string_view from, std::string_view to) const {
  std::string text = ReadAll(root_ / path);
  const std::size_t at = text.find(from);
  if (at == std::string::npos) {
    throw std::runtime_error(std::string(path) + " does not contain '" + std::string(from) + "'");
  }
  text.replace(at, from.size(), to);
  std::ofstream(root_ / path, std::ios::trunc) << text;
}

fs::path ProjectRoot() {
  return RUNNERS_SOURCE_DIR;
}

}  // namespace runners::arch

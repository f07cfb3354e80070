#include "tests/arch/source_tree.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace runners::arch {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kNotOurs = {".git", "build", ".cache", ".state",
                                                      "compile_commands.json"};

std::vector<std::string> Lines(std::istream& stream) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return Lines(stream);
}

SourceFile Read(const fs::path& root, const fs::path& path) {
  std::ifstream stream(path);
  return {fs::relative(path, root).generic_string(), Lines(stream)};
}

bool IsOurs(const fs::path& top) {
  return std::find(kNotOurs.begin(), kNotOurs.end(), top.string()) == kNotOurs.end();
}

bool IsBefore(const SourceFile& file, std::string_view path) {
  return file.path < path;
}

}  // namespace

SourceTree::SourceTree(const fs::path& root) {
  for (const auto& top : fs::directory_iterator(root)) {
    if (!IsOurs(top.path().filename())) continue;
    if (top.is_regular_file()) {
      files_.push_back(Read(root, top.path()));
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(top.path())) {
      if (entry.is_regular_file()) files_.push_back(Read(root, entry.path()));
    }
  }
  std::sort(files_.begin(), files_.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
}

const SourceTree& SourceTree::Project() {
  static const SourceTree project{fs::path(RUNNERS_SOURCE_DIR)};
  return project;
}

SourceFile SourceTree::File(std::string_view path) const {
  const auto found = std::lower_bound(files_.begin(), files_.end(), path, IsBefore);
  if (found == files_.end() || found->path != path) return {std::string(path), {}};
  return *found;
}

void SourceTree::Append(std::string_view path, std::string_view text) {
  std::vector<std::string>& lines = Make(path).lines;
  for (std::string& line : LinesOf(text)) lines.push_back(std::move(line));
}

void SourceTree::Replace(std::string_view path, std::string_view from, std::string_view to) {
  SourceFile& file = Make(path);
  std::string text;
  for (const std::string& line : file.lines) text += line + "\n";
  const std::size_t at = text.find(from);
  if (at == std::string::npos) {
    throw std::runtime_error(std::string(path) + " does not contain '" + std::string(from) + "'");
  }
  file.lines = LinesOf(text.replace(at, from.size(), to));
}

void SourceTree::Remove(std::string_view path) {
  std::erase_if(files_, [&](const SourceFile& file) { return file.path == path; });
}

SourceFile& SourceTree::Make(std::string_view path) {
  auto place = std::lower_bound(files_.begin(), files_.end(), path, IsBefore);
  if (place == files_.end() || place->path != path) {
    place = files_.insert(place, SourceFile{std::string(path), {}});
  }
  return *place;
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

}  // namespace runners::arch

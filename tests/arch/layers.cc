#include "tests/arch/layers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>

namespace runners::arch {
namespace {

// What an include line asks for, when it is not ours.
enum class Library {
  kStandard,
  kSystem,  // POSIX and Linux headers
  kAbseil,
  kAbseilBanned,
  kGrpc,  // with protobuf and what protoc makes
  kPqxx,
  kCurl,
  kOpenSsl,
  kSpdlog,
  kCli11,
  kJson,
  kHttplib,
  kGoogleTest,
};

struct LibraryPrefix {
  std::string_view prefix;
  Library library;
};

// The first match counts.
constexpr std::array kLibraries = {
    LibraryPrefix{"grpc/", Library::kGrpc},
    LibraryPrefix{"grpcpp/", Library::kGrpc},
    LibraryPrefix{"grpc++/", Library::kGrpc},
    LibraryPrefix{"google/", Library::kGrpc},
    LibraryPrefix{"agynio/", Library::kGrpc},
    LibraryPrefix{"pqxx/", Library::kPqxx},
    LibraryPrefix{"libpq", Library::kPqxx},
    LibraryPrefix{"postgresql/", Library::kPqxx},
    LibraryPrefix{"curl/", Library::kCurl},
    LibraryPrefix{"openssl/", Library::kOpenSsl},
    LibraryPrefix{"spdlog/", Library::kSpdlog},
    LibraryPrefix{"fmt/", Library::kSpdlog},
    LibraryPrefix{"CLI/", Library::kCli11},
    LibraryPrefix{"nlohmann/", Library::kJson},
    LibraryPrefix{"httplib.h", Library::kHttplib},
    LibraryPrefix{"absl/strings/string_view.h", Library::kAbseilBanned},
    LibraryPrefix{"absl/status/", Library::kAbseil},
    LibraryPrefix{"absl/time/", Library::kAbseil},
    LibraryPrefix{"absl/strings/", Library::kAbseil},
    LibraryPrefix{"absl/base/thread_annotations.h", Library::kAbseil},
    LibraryPrefix{"absl/", Library::kAbseilBanned},
    LibraryPrefix{"gtest/", Library::kGoogleTest},
    LibraryPrefix{"gmock/", Library::kGoogleTest},
};

// What the files of a folder may include. The longest matching folder counts.
struct Layer {
  std::string_view folder;
  std::span<const std::string_view> ours;  // prefixes of include paths
  std::span<const Library> libraries;
};

constexpr std::array<std::string_view, 8> kOurRoots = {"runners/", "core/",  "adapters/", "app/",
                                                       "tools/",   "tests/", "bench/",    "src/"};

constexpr std::array<std::string_view, 1> kPublic = {"runners/"};
constexpr std::array<std::string_view, 2> kSupport = {"runners/", "core/support/"};
// Rules take ports as arguments (a hasher, a clock), and ports speak of what the rules are about.
constexpr std::array<std::string_view, 4> kModelAndPorts = {"runners/", "core/support/",
                                                            "core/model/", "core/ports/"};
constexpr std::array<std::string_view, 5> kAccess = {"runners/", "core/support/", "core/model/",
                                                     "core/ports/", "core/access/"};
constexpr std::array<std::string_view, 6> kRegistry = {
    "runners/", "core/support/", "core/model/", "core/ports/", "core/access/", "core/registry/"};
constexpr std::array<std::string_view, 6> kEnrollment = {
    "runners/", "core/support/", "core/model/", "core/ports/", "core/access/", "core/enrollment/"};
constexpr std::array<std::string_view, 6> kSelection = {
    "runners/", "core/support/", "core/model/", "core/ports/", "core/access/", "core/selection/"};
constexpr std::array<std::string_view, 5> kSystemAdapter = {
    "runners/", "core/support/", "core/model/", "core/ports/", "adapters/system/"};
constexpr std::array<std::string_view, 6> kPostgres = {"runners/",         "core/support/",
                                                       "core/model/",      "core/ports/",
                                                       "adapters/system/", "adapters/postgres/"};
constexpr std::array<std::string_view, 6> kOpenZiti = {"runners/",         "core/support/",
                                                       "core/model/",      "core/ports/",
                                                       "adapters/system/", "adapters/openziti/"};
constexpr std::array<std::string_view, 4> kGrpcAdapter = {"runners/", "core/", "adapters/system/",
                                                          "adapters/grpc/"};
constexpr std::array<std::string_view, 4> kApp = {"runners/", "core/", "adapters/", "app/"};
constexpr std::array<std::string_view, 1> kTools = {"tools/"};

constexpr std::array kCoreLibraries = {Library::kStandard, Library::kAbseil};
constexpr std::array kSystemLibraries = {Library::kStandard, Library::kAbseil, Library::kSystem,
                                         Library::kOpenSsl, Library::kSpdlog};
constexpr std::array kPostgresLibraries = {Library::kStandard, Library::kAbseil, Library::kSystem,
                                           Library::kJson, Library::kPqxx};
constexpr std::array kOpenZitiLibraries = {Library::kStandard, Library::kAbseil, Library::kSystem,
                                           Library::kJson, Library::kCurl};
constexpr std::array kGrpcLibraries = {Library::kStandard, Library::kAbseil, Library::kSystem,
                                       Library::kGrpc};
constexpr std::array kAppLibraries = {Library::kStandard, Library::kAbseil, Library::kSystem,
                                      Library::kJson, Library::kCli11};
// Programs that stand for other people's: what they use is their own business.
constexpr std::array kToolLibraries = {Library::kStandard, Library::kSystem, Library::kAbseil,
                                       Library::kOpenSsl,  Library::kJson,   Library::kHttplib,
                                       Library::kCli11,    Library::kCurl,   Library::kSpdlog};

constexpr std::array kLayers = {
    Layer{"include/runners", kPublic, kCoreLibraries},
    Layer{"src/core/support", kSupport, kCoreLibraries},
    Layer{"src/core/model", kModelAndPorts, kCoreLibraries},
    Layer{"src/core/ports", kModelAndPorts, kCoreLibraries},
    Layer{"src/core/access", kAccess, kCoreLibraries},
    Layer{"src/core/registry", kRegistry, kCoreLibraries},
    Layer{"src/core/enrollment", kEnrollment, kCoreLibraries},
    Layer{"src/core/selection", kSelection, kCoreLibraries},
    Layer{"src/adapters/system", kSystemAdapter, kSystemLibraries},
    Layer{"src/adapters/postgres", kPostgres, kPostgresLibraries},
    Layer{"src/adapters/openziti", kOpenZiti, kOpenZitiLibraries},
    Layer{"src/adapters/grpc", kGrpcAdapter, kGrpcLibraries},
    Layer{"src/app", kApp, kAppLibraries},
    Layer{"tools", kTools, kToolLibraries},
};

struct Include {
  std::string target;
  bool angled = false;
};

std::optional<Include> ParseInclude(const std::string& line) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::smatch match;
  const bool may_be_one = line.find("include") != std::string::npos;  // a match is slow
  if (!may_be_one || !std::regex_search(line, match, kInclude)) return std::nullopt;
  return Include{match[2], match[1] == "<"};
}

Library LibraryOf(const Include& include) {
  for (const LibraryPrefix& row : kLibraries) {
    if (include.target.starts_with(row.prefix)) return row.library;
  }
  const bool standard = include.target.find_first_of("./") == std::string::npos;
  return standard ? Library::kStandard : Library::kSystem;
}

bool StartsWithAny(std::string_view text, std::span<const std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

const Layer* LayerOf(std::string_view path) {
  const Layer* found = nullptr;
  for (const Layer& layer : kLayers) {
    if (!IsIn(path, layer.folder)) continue;
    if (found == nullptr || layer.folder.size() > found->folder.size()) found = &layer;
  }
  return found;
}

// A sentence when the layer must not include this.
std::optional<std::string> Judge(const Layer& layer, const Include& include) {
  const std::string who = std::string(layer.folder) + " must not include " + include.target;
  if (!include.angled && StartsWithAny(include.target, kOurRoots)) {
    if (StartsWithAny(include.target, layer.ours)) return std::nullopt;
    return who;
  }
  const Library library = LibraryOf(include);
  if (library == Library::kSystem && !include.angled) {
    return "write \"" + include.target + "\" with its path from include/ or src/";
  }
  const auto& allowed = layer.libraries;
  if (std::find(allowed.begin(), allowed.end(), library) == allowed.end()) return who;
  return std::nullopt;
}

void CheckFile(const SourceFile& file, Violations& found) {
  const Layer* layer = LayerOf(file.path);
  if (layer == nullptr) {
    found.push_back(file.path + ": its folder has no row in tests/arch/layers.cc");
    return;
  }
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::optional<Include> include = ParseInclude(file.lines[i]);
    if (!include) continue;
    if (const auto objection = Judge(*layer, *include)) {
      found.push_back(At(file, i) + ": " + *objection);
    }
  }
}

}  // namespace

Violations LayerViolations(const SourceTree& tree) {
  Violations found;
  for (const SourceFile& file : tree.files()) {
    if (!IsCpp(file.path)) continue;
    if (IsIn(file.path, "include") || IsIn(file.path, "src") || IsIn(file.path, "tools")) {
      CheckFile(file, found);
    }
  }
  return found;
}

}  // namespace runners::arch

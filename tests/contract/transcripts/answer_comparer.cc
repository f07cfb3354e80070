#include "tests/contract/transcripts/answer_comparer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tests/contract/transcripts/rows.h"
#include "tests/contract/transcripts/value_freedom.h"

namespace runners::testing {
namespace {

using nlohmann::json;

constexpr char kNothing[] = "(nothing)";
constexpr std::size_t kMostShownBytes = 200;

std::string Shown(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > kMostShownBytes) text = text.substr(0, kMostShownBytes) + "...";
  return text;
}

std::string_view TypeOf(const json& value) {
  if (value.is_number_float()) return "fraction";
  return value.type_name();
}

std::string Joined(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

enum class Strictness { kValues, kShape };

// Goes through a recorded and a replayed value side by side. Thread-compatible.
class SideBySide {
 public:
  explicit SideBySide(const Bindings& bindings) : bindings_(bindings) {}

  void Compare(const std::string& path, std::string_view key, const json& recorded,
               const json& replayed);

  void Report(const std::string& path, std::string expected, std::string got) {
    differences_.push_back({path, std::move(expected), std::move(got)});
  }

  void set_strictness(Strictness strictness) { strictness_ = strictness; }
  Differences TakeDifferences() { return std::move(differences_); }

 private:
  void CompareObjects(const std::string& path, const json& recorded, const json& replayed);
  void CompareArrays(const std::string& path, std::string_view key, const json& recorded,
                     const json& replayed);
  void CompareTexts(const std::string& path, Freedom freedom, const std::string& recorded,
                    const std::string& replayed);
  void CompareFacts(const std::string& path, const json& recorded, const json& replayed);
  void Demand(bool holds, const std::string& path, const char* what, const json& got) {
    if (!holds) Report(path, what, Shown(got));
  }

  const Bindings& bindings_;
  Strictness strictness_ = Strictness::kValues;
  Differences differences_;
};

void SideBySide::Compare(const std::string& path, std::string_view key, const json& recorded,
                         const json& replayed) {
  if (TypeOf(recorded) != TypeOf(replayed)) {
    Report(path, Shown(recorded), Shown(replayed));
  } else if (recorded.is_object()) {
    CompareObjects(path, recorded, replayed);
  } else if (recorded.is_array()) {
    CompareArrays(path, key, recorded, replayed);
  } else if (strictness_ == Strictness::kValues) {
    const Freedom freedom = FreedomOf(key);
    if (recorded.is_string()) {
      CompareTexts(path, freedom, recorded, replayed);
    } else if (freedom != Freedom::kAny && recorded != replayed) {
      Report(path, Shown(recorded), Shown(replayed));
    }
  }
}

void SideBySide::CompareObjects(const std::string& path, const json& recorded,
                                const json& replayed) {
  for (const auto& [key, value] : recorded.items()) {
    if (replayed.contains(key)) {
      Compare(Joined(path, key), key, value, replayed[key]);
    } else {
      Report(Joined(path, key), Shown(value), kNothing);
    }
  }
  for (const auto& [key, value] : replayed.items()) {
    if (!recorded.contains(key)) Report(Joined(path, key), kNothing, Shown(value));
  }
}

void SideBySide::CompareArrays(const std::string& path, std::string_view key, const json& recorded,
                               const json& replayed) {
  if (FreedomOf(key) == Freedom::kOrder) {
    if (!std::is_permutation(recorded.begin(), recorded.end(), replayed.begin(), replayed.end()))
      Report(path, Shown(recorded) + " in any order", Shown(replayed));
    return;
  }
  if (recorded.size() != replayed.size()) {
    Report(path, "(" + std::to_string(recorded.size()) + " elements)",
           "(" + std::to_string(replayed.size()) + " elements)");
  }
  for (std::size_t i = 0; i < std::min(recorded.size(), replayed.size()); ++i) {
    Compare(path + "[" + std::to_string(i) + "]", key, recorded[i], replayed[i]);
  }
}

void SideBySide::CompareTexts(const std::string& path, Freedom freedom, const std::string& recorded,
                              const std::string& replayed) {
  switch (freedom) {
    case Freedom::kNone:
    case Freedom::kId:
    case Freedom::kOrder: {
      const std::string expected = bindings_.Translate(recorded);
      if (expected != replayed) Report(path, Shown(expected), Shown(replayed));
      return;
    }
    case Freedom::kInstant:
      return Demand(IsInstant(replayed), path, "(an instant with milliseconds)", replayed);
    case Freedom::kSha1:
      return Demand(IsSha1(replayed), path, "(40 hexadecimal digits)", replayed);
    case Freedom::kAny:
      return Demand(replayed.empty() == recorded.empty(), path, "(a text)", replayed);
    case Freedom::kJwt:
      return CompareFacts(path, JwtFacts(recorded), JwtFacts(replayed));
    case Freedom::kCertificates:
      return CompareFacts(path, CertificateFacts(recorded), CertificateFacts(replayed));
  }
}

void SideBySide::CompareFacts(const std::string& path, const json& recorded, const json& replayed) {
  if (replayed.is_null()) {
    Report(path, Shown(recorded), "(a text that cannot be read as that)");
  } else {
    Compare(path, "", recorded, replayed);
  }
}

// Binds the ids of two values that stand at the same place. One replayed id cannot stand for two
// recorded ones: then nothing is bound, and the comparison reports the id.
void Learn(std::string_view key, const json& recorded, const json& replayed, Bindings& bindings) {
  if (recorded.is_object() && replayed.is_object()) {
    for (const auto& [name, value] : recorded.items()) {
      if (replayed.contains(name)) Learn(name, value, replayed[name], bindings);
    }
  } else if (recorded.is_array() && replayed.is_array()) {
    for (std::size_t i = 0; i < std::min(recorded.size(), replayed.size()); ++i) {
      Learn(key, recorded[i], replayed[i], bindings);
    }
  } else if (recorded.is_string() && replayed.is_string() && FreedomOf(key) == Freedom::kId) {
    if (!IsWellKnownId(recorded) && !bindings.IsTaken(replayed)) bindings.Bind(recorded, replayed);
  }
}

bool IsList(const json& answer) {
  return answer.is_object() && answer.contains("data") && answer["data"].is_array();
}

void CompareLists(json recorded, json replayed, Bindings& bindings, SideBySide& walk) {
  if (IdsAscend(recorded["data"]) && !IdsAscend(replayed["data"]))
    walk.Report("data", "(rows in order of their ids)", "(another order)");
  if (IsPartialPage(recorded)) {
    walk.set_strictness(Strictness::kShape);
    walk.Compare("data", "", recorded["data"], replayed["data"]);
    walk.set_strictness(Strictness::kValues);
    recorded.erase("data");
    replayed.erase("data");
  } else {
    replayed["data"] = AlignedRows(recorded["data"], replayed["data"], bindings);
    Learn("", recorded, replayed, bindings);
  }
  walk.Compare("", "", recorded, replayed);
}

}  // namespace

Differences CompareAnswer(const RecordedAnswer& recorded, int status, const std::string& body,
                          Bindings& bindings) {
  SideBySide walk(bindings);
  walk.Compare("status", "", recorded.status, status);
  if (recorded.document.is_null()) {
    walk.Compare("body", "", BundleFacts(recorded.text), BundleFacts(body));
    return walk.TakeDifferences();
  }
  const json document = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    walk.Report("body", "(JSON)", Shown(body));
  } else if (IsList(recorded.document) && IsList(document)) {
    CompareLists(recorded.document, document, bindings, walk);
  } else {
    Learn("", recorded.document, document, bindings);
    walk.Compare("", "", recorded.document, document);
  }
  return walk.TakeDifferences();
}

}  // namespace runners::testing

#include "tests/contract/transcripts/bindings.h"

#include <algorithm>
#include <utility>

namespace runners::testing {

void Bindings::Bind(const std::string& recorded, const std::string& replayed) {
  if (!recorded.empty() && !replayed.empty()) replayed_of_.emplace(recorded, replayed);
}

const std::string* Bindings::Find(const std::string& recorded) const {
  const auto found = replayed_of_.find(recorded);
  return found == replayed_of_.end() ? nullptr : &found->second;
}

bool Bindings::IsTaken(const std::string& replayed) const {
  return std::any_of(replayed_of_.begin(), replayed_of_.end(),
                     [&](const auto& bound) { return bound.second == replayed; });
}

std::string Bindings::Translate(const std::string& text) const {
  std::string translated;
  for (std::size_t at = 0; at < text.size();) {
    const std::pair<const std::string, std::string>* longest = nullptr;
    for (const auto& bound : replayed_of_) {
      if (text.compare(at, bound.first.size(), bound.first) != 0) continue;
      if (longest == nullptr || bound.first.size() > longest->first.size()) longest = &bound;
    }
    if (longest == nullptr) {
      translated += text[at++];
    } else {
      translated += longest->second;
      at += longest->first.size();
    }
  }
  return translated;
}

}  // namespace runners::testing

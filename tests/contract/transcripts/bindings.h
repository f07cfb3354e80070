#pragma once

#include <map>
#include <string>

namespace runners::testing {

// Which text of a replay stands for which recorded one: ids, tokens, hosts. Thread-compatible.
class Bindings {
 public:
  // Takes effect only when `recorded` is not bound yet and both are non-empty.
  void Bind(const std::string& recorded, const std::string& replayed);

  // What stands for `recorded`; null when it is not bound.
  const std::string* Find(const std::string& recorded) const;

  // Whether `replayed` stands for anything.
  bool IsTaken(const std::string& replayed) const;

  // `text` with every recorded text in it replaced; where several begin at one place, the longest.
  // What was put in is not replaced again.
  std::string Translate(const std::string& text) const;

 private:
  std::map<std::string, std::string> replayed_of_;
};

}  // namespace runners::testing

#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "runners/client.h"

namespace runners::ctl {

// How an answer is printed: for people, for programs, or ids only (one a line).
enum class OutputFormat { kTable, kJson, kIds };

// Whether a person looks at the output.
enum class Audience { kTerminal, kPipe };

// Whether a grant was given or taken back.
enum class GrantChange { kGranted, kRevoked };

// Prints what commands answer, in the format asked for. What a server said is made printable.
// Thread-compatible.
class Printer {
 public:
  // `out` must outlive this.
  Printer(OutputFormat format, Audience audience, std::ostream& out)
      : format_(format), audience_(audience), out_(out) {}

  OutputFormat format() const { return format_; }

  void PrintRunner(const Runner& runner) const;
  void PrintRunners(const std::vector<Runner>& runners) const;
  // Without a file, with the token itself: the one place in the program that shows it. kIds shows
  // no token.
  void PrintRegistered(const client::Registered& registered,
                       const std::optional<std::string>& token_file) const;
  // Tells a person at a terminal what to type next; nobody else.
  void PrintNextStep(std::string_view explanation, std::string_view command) const;
  void PrintEnrolled(const client::EnrolledIdentity& identity, const std::string& file) const;
  void PrintSelected(const client::Selected& selected) const;
  void PrintDeleted(const RunnerId& id) const;
  void PrintGrantChange(GrantChange change, const Grant& grant) const;
  void PrintGrants(const std::vector<Grant>& grants) const;
  void PrintVersion(std::string_view version) const;

 private:
  const OutputFormat format_;
  const Audience audience_;
  std::ostream& out_;
};

}  // namespace runners::ctl

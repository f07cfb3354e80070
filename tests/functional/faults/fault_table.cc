#include "tests/functional/faults/fault_table.h"

#include <algorithm>
#include <string_view>

namespace runners::testing {
namespace {

constexpr std::string_view kManagement = "/edge/management/v1";

Step At(Deed deed, const char* method, std::string_view path, int most_requests) {
  const bool elsewhere = path.starts_with("/edge/client") || path.starts_with("/.well-known");
  return {deed, method, std::string(elsewhere ? "" : kManagement) + std::string(path),
          most_requests};
}

std::vector<Step> StepsOf(Ways ways) {
  std::vector<Step> steps = {
      At(Deed::kRegister, "POST", "/authenticate", 7),
      At(Deed::kRegister, "GET", "/services", 8),
      At(Deed::kRegister, "POST", "/services", 13),
      At(Deed::kRegister, "GET", "/service-policies", 9),
      At(Deed::kRegister, "POST", "/service-policies", 15),

      At(Deed::kEnroll, "POST", "/authenticate", 12),
      At(Deed::kEnroll, "GET", "/services", 13),
      At(Deed::kEnroll, "POST", "/services", 15),
      At(Deed::kEnroll, "GET", "/service-policies", 14),
      At(Deed::kEnroll, "POST", "/service-policies", 15),
      At(Deed::kEnroll, "GET", "/identities", 14),
      At(Deed::kEnroll, "POST", "/identities", 17),
      At(Deed::kEnroll, "GET", "/identities/", 18),
      At(Deed::kEnroll, "POST", "/edge/client/v1/enroll", 17),
      At(Deed::kEnroll, "GET", "/authenticators", 18),
      At(Deed::kEnroll, "GET", "/.well-known/est/cacerts", 16),

      At(Deed::kReplace, "POST", "/authenticate", 6),
      At(Deed::kReplace, "GET", "/identities", 8),
      At(Deed::kReplace, "DELETE", "/identities/", 8),
      At(Deed::kReplace, "GET", "/terminators", 8),

      At(Deed::kDelete, "POST", "/authenticate", 13),
      At(Deed::kDelete, "GET", "/identities", 14),
      At(Deed::kDelete, "DELETE", "/identities/", 14),
      At(Deed::kDelete, "GET", "/terminators", 16),
      At(Deed::kDelete, "GET", "/services", 14),
      At(Deed::kDelete, "DELETE", "/services/", 14),
      At(Deed::kDelete, "GET", "/service-policies", 15),
      At(Deed::kDelete, "DELETE", "/service-policies/", 15),
  };
  if (ways == Ways::k20) return steps;
  // Making is the same in all ways. Here a deleted identity leaves its terminators.
  std::erase_if(steps, [](const Step& step) {
    return step.deed == Deed::kRegister || step.deed == Deed::kEnroll;
  });
  for (Step& step : steps) step.most_requests += 3;  // lists and deletes them
  steps.push_back(At(Deed::kReplace, "DELETE", "/terminators/", 12));
  steps.push_back(At(Deed::kDelete, "DELETE", "/terminators/", 18));
  return steps;
}

std::vector<Trouble> AllTroubles() {
  return {
      {"stall", Lasting::kOnce},
      {"overload", Lasting::kOnce},
      {"overload", Lasting::kUntil},
      {"server-error", Lasting::kOnce},
      {"timeout-before", Lasting::kOnce},
      {"timeout-after", Lasting::kOnce},
      {"drop-before", Lasting::kOnce},
      {"drop-after", Lasting::kOnce},
      {"drop-after", Lasting::kUntil},
      {"garbage", Lasting::kOnce},
      {"garbage", Lasting::kUntil},
      {"truncated", Lasting::kOnce},
      {"expired-session", Lasting::kOnce},
      {"expired-session", Lasting::kUntil},
      {"foreign-certificate", Lasting::kUntil},
      {"exit-before", Lasting::kUntil},
      {"exit-after", Lasting::kUntil},
  };
}

// Where deletions differ, what matters is what was deleted when the answer did not come.
std::vector<Trouble> TroublesOf(Ways ways) {
  std::vector<Trouble> troubles = AllTroubles();
  if (ways == Ways::k20) return troubles;
  std::erase_if(troubles, [](const Trouble& trouble) {
    return trouble.kind == "overload" || trouble.kind == "server-error" ||
           trouble.kind == "timeout-before" || trouble.kind == "foreign-certificate" ||
           trouble.kind == "exit-before";
  });
  return troubles;
}

bool IsApplied(const Trouble& trouble) {
  return trouble.kind == "timeout-after" || trouble.kind == "drop-after" ||
         trouble.kind == "garbage" || trouble.kind == "truncated";
}

// Of a read there is nothing to apply: after it is as before it.
bool IsTheSameBefore(const Step& step, const Trouble& trouble) {
  return step.method == "GET" && trouble.kind.ends_with("-after");
}

bool NeedsSession(const Step& step) {
  return step.path.starts_with(kManagement) && !step.logs_in();
}

// Of what goes wrong with every such request.
Ending EndingWhileItLasts(const Step& step, const Trouble& trouble) {
  if (trouble.kind == "expired-session")
    return NeedsSession(step) ? Ending::kRejected : Ending::kDone;
  // What was made is found, and a certificate read back, whatever the answer was.
  if (step.method == "POST" && !step.logs_in() && IsApplied(trouble)) return Ending::kDone;
  // Of a deletion the status says it all.
  if (step.method == "DELETE" && trouble.kind == "garbage") return Ending::kDone;
  return Ending::kUnavailable;
}

Ending EndingOf(const Step& step, const Trouble& trouble) {
  if (trouble.kind == "stall") return Ending::kUnavailable;
  return trouble.lasting == Lasting::kOnce ? Ending::kDone : EndingWhileItLasts(step, trouble);
}

// With what a sound controller is asked for in a session that goes on.
std::vector<Cell> IdleCells() {
  const Trouble idle{"idle", Lasting::kOnce};
  return {{{Deed::kRegister, "", "", 4}, idle, Ending::kDone},
          {{Deed::kEnroll, "", "", 8}, idle, Ending::kDone},
          {{Deed::kReplace, "", "", 3}, idle, Ending::kDone},
          {{Deed::kDelete, "", "", 8}, idle, Ending::kDone}};
}

std::string NameOf(Deed deed) {
  switch (deed) {
    case Deed::kRegister:
      return "register";
    case Deed::kEnroll:
      return "enroll";
    case Deed::kReplace:
      return "replace";
    case Deed::kDelete:
      return "delete";
  }
  return "";
}

}  // namespace

std::string Cell::name() const {
  return NameOf(step.deed) + " " + step.method + " " + step.path + " " + trouble.kind +
         (trouble.lasting == Lasting::kOnce ? " once" : " until it is ended");
}

std::vector<Cell> FaultTable(Ways ways) {
  std::vector<Cell> cells = ways == Ways::k20 ? IdleCells() : std::vector<Cell>();
  for (const Step& step : StepsOf(ways)) {
    for (const Trouble& trouble : TroublesOf(ways)) {
      if (IsTheSameBefore(step, trouble)) continue;
      cells.push_back({step, trouble, EndingOf(step, trouble)});
    }
  }
  std::stable_partition(cells.begin(), cells.end(),
                        [](const Cell& cell) { return cell.stalls() || cell.idles(); });
  return cells;
}

}  // namespace runners::testing

#pragma once

#include <string>
#include <vector>

// What can go wrong with a controller, at which request, and what must become of it.
namespace runners::testing {

// What the service is doing while the controller misbehaves.
enum class Deed {
  kRegister,  // the worker makes service and policy of a new runner
  kEnroll,    // a client enrolls a runner for which nothing was made yet
  kReplace,   // the worker removes the identity a later enrollment has replaced
  kDelete,    // the worker removes a runner that is enrolled and hosts
};

// One kind of request on the way of a deed.
struct Step {
  Deed deed = Deed::kRegister;
  std::string method;
  std::string path;  // beginning of it
  // Requests of the deed until its answer, whatever goes wrong here: those of a sound controller,
  // and what this step repeats. libcurl sends one again by itself when a used connection is closed.
  int most_requests = 0;

  bool logs_in() const { return path.ends_with("/authenticate"); }
  // The answer to an enrollment of before was lost: only then the certificate is read back.
  bool reads_back() const { return path.ends_with("/authenticators"); }
};

// How often it goes wrong.
enum class Lasting {
  kOnce,   // the first such request
  kUntil,  // every one, until the test ends it
};

// A fault of the development controller (tools/dev_controller/README.md).
struct Trouble {
  std::string kind;
  Lasting lasting = Lasting::kOnce;
};

// How the deed ends, at its client or in table work.
enum class Ending { kDone, kUnavailable, kRejected };

struct Cell {
  Step step;
  Trouble trouble;
  Ending ending = Ending::kDone;

  std::string name() const;  // "enroll POST /edge/client/v1/enroll drop-after once"

  // No fault: the connections of the adapter are closed before the deed, as a controller does with
  // those that nobody has used for 5 s.
  bool idles() const { return trouble.kind == "idle"; }
  // Longer than anybody waits for an answer.
  bool stalls() const { return trouble.kind == "stall"; }
  bool kills() const { return trouble.kind.starts_with("exit-"); }
};

// Which controller it is: deletions differ.
enum class Ways { k20, k16WithOidc };

// Every step with every trouble it can have, and every deed after a pause. Those that take long
// come first.
std::vector<Cell> FaultTable(Ways ways);

}  // namespace runners::testing

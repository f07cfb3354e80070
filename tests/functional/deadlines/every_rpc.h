#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include "absl/time/time.h"

#include "tests/support/installation.h"

namespace runners::testing {

// How a call ended, as its caller and as the server saw it.
struct TimedAnswer {
  grpc::Status status;
  absl::Duration seen;    // until the caller had it
  absl::Duration served;  // from the call's arrival to its answer, by the server's log
  std::string reason;     // there
};

// A call of every RPC of the service that needs the database to be answered, over and over. Made
// while everything is well; Thread-compatible.
class EveryRpc {
 public:
  // `installation` must outlive this.
  explicit EveryRpc(Installation& installation);

  // All of them at once, each with that deadline; by the names of the RPCs.
  std::map<std::string, TimedAnswer> Call(absl::Duration timeout) const;

 private:
  struct Probe {
    std::string method;
    std::string request;  // serialized
    bool as_admin = true;
  };

  TimedAnswer Ask(const Probe& probe, absl::Duration timeout) const;
  std::vector<Probe> Probes() const;

  Installation& installation_;
  std::shared_ptr<grpc::Channel> channel_;
  std::string runner_id_;
  std::string service_token_;
};

// How many threads the server has of its own. Those of gRPC have other names, and come and go.
std::size_t ThreadsOf(const ServerProcess& server);

}  // namespace runners::testing

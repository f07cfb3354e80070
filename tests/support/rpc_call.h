#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include "absl/time/time.h"

namespace runners::testing {

// What a call brings along beside its request.
struct From {
  std::vector<std::pair<std::string, std::string>> metadata;
  absl::Duration timeout = absl::Seconds(20);

  From With(const std::string& key, const std::string& value) const {
    From more = *this;
    more.metadata.emplace_back(key, value);
    return more;
  }
  From Within(absl::Duration limit) const {
    From other = *this;
    other.timeout = limit;
    return other;
  }

  // Writes it all into `context`, which gRPC lets nobody copy or move.
  void Fill(grpc::ClientContext& context) const;
};

// A call without an identity, and one by that identity.
inline From Nobody() {
  return {};
}
inline From As(const std::string& identity) {
  return From{}.With("x-identity-id", identity);
}

// What came back.
template <typename Response>
struct Answer {
  grpc::Status status;
  Response response;

  bool ok() const { return status.ok(); }
  const Response* operator->() const { return &response; }
};

// Makes one call with a generated stub and waits for its answer.
template <typename Stub, typename Request, typename Response>
Answer<Response> Ask(Stub& stub,
                     grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                     const Request& request, const From& from) {
  grpc::ClientContext context;
  from.Fill(context);
  Answer<Response> answer;
  answer.status = (stub.*method)(&context, request, &answer.response);
  return answer;
}

// Sends these very bytes as the request of `path` ("/package.Service/Method").
grpc::Status AskRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                    const std::string& bytes, const From& from);

// The google.rpc details of an error, unpacked.
struct RpcError {
  std::string reason;  // of ErrorInfo; empty: there is none
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::vector<std::pair<std::string, std::string>> violations;  // field, description
  struct Precondition {
    std::string type;
    std::string subject;
    std::string description;
  };
  std::vector<Precondition> preconditions;
  std::optional<absl::Duration> retry_after;
  std::string request_id;
  std::string message;             // the one inside google.rpc.Status
  std::size_t detail_bytes = 0;    // of all details, serialized
  std::vector<std::string> kinds;  // short names of the details, in order
};

RpcError ErrorOf(const grpc::Status& status);

}  // namespace runners::testing

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "runners/criteria.h"
#include "runners/error_reason.h"
#include "runners/grant.h"
#include "runners/ids.h"
#include "runners/runner.h"

// A typed client of the Runners service: include this and link runners::client. Nothing of gRPC or
// protobuf shows.
namespace runners::client {

// Whom to call, as whom, and for how long to wait.
struct Options {
  std::string address;                 // HOST:PORT; plain-text HTTP/2
  std::optional<IdentityId> identity;  // sent as x-identity-id; nothing: a call without identity
  absl::Duration timeout = absl::Seconds(30);  // for each call
};

// A runner to be. Absent organization_id: cluster-scoped.
struct NewRunner {
  std::string name;
  std::optional<OrganizationId> organization_id;
  Labels labels;
  std::vector<std::string> capabilities;
  // With one, made for this runner, the call may be repeated, while the runner is pending: the
  // answer is the same runner with a fresh token, and the token before is dead.
  std::optional<RequestId> request_id = std::nullopt;
};

// A new runner and its service token, which cannot be had again: keep it, never log it.
struct Registered {
  Runner runner;
  std::string service_token;  // 64 lower-case hex characters
};

// Which runners to list; conditions are joined by AND, empty ones do not restrict.
struct RunnerFilter {
  std::optional<OrganizationId> organization_id;  // its runners and all cluster-scoped ones
  std::set<RunnerStatus> statuses;                // any of these
  Labels labels;
  std::vector<std::string> capabilities;
  std::string name_prefix;  // case-sensitive
};

// Which grants to list.
struct GrantFilter {
  std::optional<GrantObject> object;
  std::optional<IdentityId> identity_id;
};

// Where a page begins and how long it may be.
struct PageRequest {
  int size = 0;       // <= 0: 50; over 100: 100
  std::string token;  // next_token of the page before; empty: the first page
};

template <typename Item>
struct Page {
  std::vector<Item> items;
  std::string next_token;  // empty: this is the last page
};

// An edit: what is present replaces what the runner has (an empty value clears it), what is absent
// stays.
struct Edit {
  std::optional<std::string> name;
  std::optional<Labels> labels;
  std::optional<std::vector<std::string>> capabilities;
  std::optional<std::string> etag;  // the edit applies only while the runner has this etag
};

// An OpenZiti identity that was made for a runner. identity_json holds a private key, unless it was
// asked for with a certificate request: never log it.
struct EnrolledIdentity {
  std::string identity_json;        // an OpenZiti SDK identity file
  std::string service_name;         // the OpenZiti service to host
  std::string overlay_identity_id;  // the controller's id of the identity
};

// Whether Select also says how many runners qualified; counting costs the server a little.
enum class CandidateCount { kNotWanted, kWanted };

struct Selected {
  Runner runner;
  std::optional<std::int64_t> candidate_count;  // present when it was wanted
};

// What a program may want to know of a failed call, beside the code and the sentence.
struct Failure {
  // Nothing: the answer did not come from the service (it is away, or no Runners server), or the
  // reason is newer than this client.
  std::optional<ErrorReason> reason;
  std::string reason_name;  // as the service named it, else the status code ("UNAVAILABLE")
  std::string request_id;   // to find the call in the server's log; may be empty
  std::optional<absl::Duration> retry_after;  // wait at least this long before repeating
};

// Reads the failure of a status returned by Client. Must not be called on OK.
Failure FailureOf(const absl::Status& status);

// Calls one Runners service. Thread-safe. Connects on the first call and reconnects by itself; does
// not repeat a call. A failure of the service is a status with the detail that MakeError
// (core/support/error.h) gives; when no answer came, the message says so in a sentence:
// kUnavailable (not reachable, or the connection was lost) or kDeadlineExceeded.
class Client {
 public:
  explicit Client(Options options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // `timeout` overrides that of the options.
  absl::StatusOr<Registered> Register(const NewRunner& runner,
                                      std::optional<absl::Duration> timeout = std::nullopt);
  absl::StatusOr<Runner> Get(const RunnerId& id);
  absl::StatusOr<Page<Runner>> List(const RunnerFilter& filter, const PageRequest& page);
  // Follows pages until the last one, or until there are `at_most` runners.
  absl::StatusOr<std::vector<Runner>> ListAll(const RunnerFilter& filter,
                                              std::optional<std::size_t> at_most = std::nullopt);
  // An edit without any field, or with an empty etag, is kInvalidArgument.
  absl::StatusOr<Runner> Update(const RunnerId& id, const Edit& edit);
  // With an etag, only while the runner has it; an empty one is kInvalidArgument.
  absl::Status Delete(const RunnerId& id, const std::optional<std::string>& etag = std::nullopt);

  // Trades a service token for an identity. Sends no x-identity-id: the token is the credential.
  // `timeout` overrides that of the options.
  absl::StatusOr<EnrolledIdentity> Enroll(const std::string& service_token,
                                          std::optional<absl::Duration> timeout = std::nullopt);
  // The same with a key that stays here: `certificate_request` is a PEM PKCS#10 over it, and to
  // identity_json the caller adds the key as `id.key`. A service from before this was possible
  // answers a complete file with a key of its own.
  absl::StatusOr<EnrolledIdentity> EnrollWithRequest(
      const std::string& service_token, const std::string& certificate_request,
      std::optional<absl::Duration> timeout = std::nullopt);

  absl::StatusOr<Selected> Select(const Criteria& criteria,
                                  CandidateCount count = CandidateCount::kNotWanted);

  absl::Status PutGrant(const IdentityId& identity, Relation relation, const GrantObject& object);
  absl::Status DeleteGrant(const IdentityId& identity, Relation relation,
                           const GrantObject& object);
  absl::StatusOr<Page<Grant>> ListGrants(const GrantFilter& filter, const PageRequest& page);
  // Follows pages until the last one.
  absl::StatusOr<std::vector<Grant>> ListAllGrants(const GrantFilter& filter);

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace runners::client

#include "runners/client.h"

#include <utility>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/time/clock.h"

#include "adapters/grpc/client/codec.h"
#include "adapters/grpc/client/failure.h"
#include "agynio/api/runners/v1/runners.grpc.pb.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::client {
namespace {

constexpr char kIdentityKey[] = "x-identity-id";
constexpr int kPageSize = 100;

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  // A server that comes back is found soon: people wait in front of this.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  // A proxy for the web must not come between: the address is the server's own.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// An empty etag on the wire means "without a condition", which is not what was asked for.
absl::Status CheckEtag(const std::optional<std::string>& etag) {
  if (!etag || !etag->empty()) return absl::OkStatus();
  return MakeError(ErrorReason::kInvalidArgument, "the etag must not be empty");
}

// Follows pages until the last one or until there are `at_most` items.
template <typename Item, typename FetchPage>
absl::StatusOr<std::vector<Item>> FollowPages(const FetchPage& fetch,
                                              std::optional<std::size_t> at_most) {
  std::vector<Item> all;
  PageRequest request{.size = kPageSize, .token = {}};
  while (!at_most || all.size() < *at_most) {
    RUNNERS_ASSIGN_OR_RETURN(Page<Item> page, fetch(request));
    for (Item& item : page.items) {
      if (at_most && all.size() == *at_most) return all;
      all.push_back(std::move(item));
    }
    if (page.next_token.empty()) return all;
    if (page.next_token == request.token) {
      return MakeError(ErrorReason::kInternal, "the server answers the same page again and again");
    }
    request.token = std::move(page.next_token);
  }
  return all;
}

}  // namespace

// The channel and what every call over it has in common. Thread-safe.
class Client::Connection {
 public:
  explicit Connection(Options options)
      : options_(std::move(options)),
        channel_(Connect(options_.address)),
        stub_(pb::RunnersService::NewStub(channel_)) {}

  // A stub's method for `Request` to `Response`.
  template <typename Request, typename Response>
  using Method = grpc::Status (pb::RunnersService::Stub::*)(grpc::ClientContext*, const Request&,
                                                            Response*);

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(Method<Request, Response> method, const Request& request,
                                std::optional<absl::Duration> timeout = std::nullopt) {
    grpc::ClientContext context;
    if (options_.identity) context.AddMetadata(kIdentityKey, options_.identity->text());
    return Run(method, request, context, timeout.value_or(options_.timeout));
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> CallWithoutIdentity(Method<Request, Response> method,
                                               const Request& request,
                                               std::optional<absl::Duration> timeout) {
    grpc::ClientContext context;
    return Run(method, request, context, timeout.value_or(options_.timeout));
  }

 private:
  template <typename Request, typename Response>
  absl::StatusOr<Response> Run(Method<Request, Response> method, const Request& request,
                               grpc::ClientContext& context, absl::Duration timeout) {
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    Response response;
    const grpc::Status status = ((*stub_).*method)(&context, request, &response);
    if (status.ok()) return response;
    // A connection that was there and is lost leaves the channel idle.
    const grpc_connectivity_state state = channel_->GetState(false);
    const bool could_not_connect =
        state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_CONNECTING;
    return FromGrpcStatus(
        status,
        {.address = options_.address, .timeout = timeout, .could_not_connect = could_not_connect});
  }

  const Options options_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<pb::RunnersService::Stub> stub_;
};

Client::Client(Options options) : connection_(std::make_unique<Connection>(std::move(options))) {}

Client::~Client() = default;

absl::StatusOr<Registered> Client::Register(const NewRunner& runner,
                                            std::optional<absl::Duration> timeout) {
  RUNNERS_ASSIGN_OR_RETURN(
      pb::RegisterRunnerResponse response,
      connection_->Call(&pb::RunnersService::Stub::RegisterRunner, Encode(runner), timeout));
  return Decode(std::move(response));
}

absl::StatusOr<Runner> Client::Get(const RunnerId& id) {
  pb::GetRunnerRequest request;
  request.set_id(id.text());
  RUNNERS_ASSIGN_OR_RETURN(const pb::GetRunnerResponse response,
                           connection_->Call(&pb::RunnersService::Stub::GetRunner, request));
  return Decode(response.runner());
}

absl::StatusOr<Page<Runner>> Client::List(const RunnerFilter& filter, const PageRequest& page) {
  RUNNERS_ASSIGN_OR_RETURN(
      const pb::ListRunnersResponse response,
      connection_->Call(&pb::RunnersService::Stub::ListRunners, Encode(filter, page)));
  return Decode(response);
}

absl::StatusOr<std::vector<Runner>> Client::ListAll(const RunnerFilter& filter,
                                                    std::optional<std::size_t> at_most) {
  return FollowPages<Runner>([&](const PageRequest& page) { return List(filter, page); }, at_most);
}

absl::StatusOr<Runner> Client::Update(const RunnerId& id, const Edit& edit) {
  if (!edit.name && !edit.labels && !edit.capabilities) {
    return MakeError(ErrorReason::kInvalidArgument, "there is nothing to change in this edit");
  }
  RUNNERS_RETURN_IF_ERROR(CheckEtag(edit.etag));
  RUNNERS_ASSIGN_OR_RETURN(
      const pb::UpdateRunnerResponse response,
      connection_->Call(&pb::RunnersService::Stub::UpdateRunner, Encode(id, edit)));
  return Decode(response.runner());
}

absl::Status Client::Delete(const RunnerId& id, const std::optional<std::string>& etag) {
  RUNNERS_RETURN_IF_ERROR(CheckEtag(etag));
  pb::DeleteRunnerRequest request;
  request.set_id(id.text());
  if (etag) request.set_etag(*etag);
  return connection_->Call(&pb::RunnersService::Stub::DeleteRunner, request).status();
}

absl::StatusOr<EnrolledIdentity> Client::Enroll(const std::string& service_token,
                                                std::optional<absl::Duration> timeout) {
  return EnrollWithRequest(service_token, "", timeout);
}

absl::StatusOr<EnrolledIdentity> Client::EnrollWithRequest(const std::string& service_token,
                                                           const std::string& certificate_request,
                                                           std::optional<absl::Duration> timeout) {
  pb::EnrollRunnerRequest request;
  request.set_service_token(service_token);
  request.set_certificate_request(certificate_request);
  RUNNERS_ASSIGN_OR_RETURN(
      pb::EnrollRunnerResponse response,
      connection_->CallWithoutIdentity(&pb::RunnersService::Stub::EnrollRunner, request, timeout));
  return Decode(std::move(response));
}

absl::StatusOr<Selected> Client::Select(const Criteria& criteria, CandidateCount count) {
  RUNNERS_ASSIGN_OR_RETURN(
      const pb::SelectRunnerResponse response,
      connection_->Call(&pb::RunnersService::Stub::SelectRunner, Encode(criteria, count)));
  return Decode(response);
}

absl::Status Client::PutGrant(const IdentityId& identity, Relation relation,
                              const GrantObject& object) {
  pb::PutGrantRequest request;
  request.set_identity_id(identity.text());
  request.set_relation(std::string(RelationName(relation)));
  request.set_object(object.text());
  return connection_->Call(&pb::RunnersService::Stub::PutGrant, request).status();
}

absl::Status Client::DeleteGrant(const IdentityId& identity, Relation relation,
                                 const GrantObject& object) {
  pb::DeleteGrantRequest request;
  request.set_identity_id(identity.text());
  request.set_relation(std::string(RelationName(relation)));
  request.set_object(object.text());
  return connection_->Call(&pb::RunnersService::Stub::DeleteGrant, request).status();
}

absl::StatusOr<Page<Grant>> Client::ListGrants(const GrantFilter& filter, const PageRequest& page) {
  RUNNERS_ASSIGN_OR_RETURN(
      const pb::ListGrantsResponse response,
      connection_->Call(&pb::RunnersService::Stub::ListGrants, Encode(filter, page)));
  return Decode(response);
}

absl::StatusOr<std::vector<Grant>> Client::ListAllGrants(const GrantFilter& filter) {
  return FollowPages<Grant>([&](const PageRequest& page) { return ListGrants(filter, page); },
                            std::nullopt);
}

}  // namespace runners::client

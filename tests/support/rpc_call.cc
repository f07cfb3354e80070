#include "tests/support/rpc_call.h"

#include <chrono>

#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace runners::testing {
namespace {

void Read(const google::protobuf::Any& detail, RpcError& error) {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::PreconditionFailure failure;
  google::rpc::RetryInfo retry;
  google::rpc::RequestInfo request;
  if (detail.UnpackTo(&info)) {
    error.reason = info.reason();
    error.domain = info.domain();
    error.metadata = {info.metadata().begin(), info.metadata().end()};
  } else if (detail.UnpackTo(&bad_request)) {
    for (const auto& one : bad_request.field_violations()) {
      error.violations.emplace_back(one.field(), one.description());
    }
  } else if (detail.UnpackTo(&failure)) {
    for (const auto& one : failure.violations()) {
      error.preconditions.push_back({one.type(), one.subject(), one.description()});
    }
  } else if (detail.UnpackTo(&retry)) {
    error.retry_after = absl::Seconds(retry.retry_delay().seconds()) +
                        absl::Nanoseconds(retry.retry_delay().nanos());
  } else if (detail.UnpackTo(&request)) {
    error.request_id = request.request_id();
  }
}

}  // namespace

void From::Fill(grpc::ClientContext& context) const {
  for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(timeout));
}

grpc::Status AskRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                    const std::string& bytes, const From& from) {
  grpc::ClientContext context;
  from.Fill(context);
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  return grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      channel.get(), method, &context, request, &response);
}

RpcError ErrorOf(const grpc::Status& status) {
  RpcError error;
  google::rpc::Status rich;
  if (!rich.ParseFromString(status.error_details())) return error;
  error.message = rich.message();
  for (const google::protobuf::Any& detail : rich.details()) {
    Read(detail, error);
    error.detail_bytes += detail.ByteSizeLong();
    const std::string& url = detail.type_url();
    error.kinds.push_back(url.substr(url.rfind('.') + 1));
  }
  return error;
}

}  // namespace runners::testing

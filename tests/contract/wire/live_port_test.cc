#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/rpc_rig.h"

namespace runners::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace health_pb = ::grpc::health::v1;

health_pb::HealthCheckResponse::ServingStatus HealthOf(Replica& replica,
                                                       const std::string& service) {
  const auto stub = health_pb::Health::NewStub(replica.channel());
  health_pb::HealthCheckRequest request;
  request.set_service(service);
  const auto answer = Ask(*stub, &health_pb::Health::Stub::Check, request, Nobody());
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer->status();
}

// One question to the reflection service. Its messages are inside gRPC's library without a header,
// so they are made from their descriptors.
class Reflection {
 public:
  explicit Reflection(std::shared_ptr<grpc::Channel> channel) : channel_(std::move(channel)) {}

  // The response to a request whose one field `field` is `value`, as text.
  std::unique_ptr<google::protobuf::Message> Ask(const std::string& field,
                                                 const std::string& value) {
    const auto request = New("grpc.reflection.v1alpha.ServerReflectionRequest");
    request->GetReflection()->SetString(request.get(),
                                        request->GetDescriptor()->FindFieldByName(field), value);
    auto response = New("grpc.reflection.v1alpha.ServerReflectionResponse");
    EXPECT_TRUE(response->ParseFromString(Exchange(request->SerializeAsString())));
    return response;
  }

 private:
  std::unique_ptr<google::protobuf::Message> New(const std::string& name) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
    return std::unique_ptr<google::protobuf::Message>(factory_.GetPrototype(descriptor)->New());
  }

  std::string Exchange(const std::string& request) {
    grpc::ClientContext context;
    Nobody().Fill(context);
    const grpc::internal::RpcMethod method(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        grpc::internal::RpcMethod::BIDI_STREAMING);
    const std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream(
        grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
            channel_.get(), method, &context));
    const grpc::Slice slice(request);
    grpc::ByteBuffer answer;
    EXPECT_TRUE(stream->Write(grpc::ByteBuffer(&slice, 1)));
    EXPECT_TRUE(stream->Read(&answer));
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    std::vector<grpc::Slice> slices;
    EXPECT_TRUE(answer.Dump(&slices).ok());
    std::string bytes;
    for (const grpc::Slice& part : slices) bytes.append(part.begin(), part.end());
    return bytes;
  }

  std::shared_ptr<grpc::Channel> channel_;
  google::protobuf::DynamicMessageFactory factory_;
};

TEST(Reflection, ListsBothServicesAndHealth) {
  RpcRig rig;

  const std::string listed =
      Reflection(rig.replica().channel()).Ask("list_services", "*")->ShortDebugString();

  EXPECT_THAT(listed, AllOf(HasSubstr("\"agynio.api.runners.v1.RunnersService\""),
                            HasSubstr("\"agynio.api.gateway.v1.RunnersGateway\""),
                            HasSubstr("\"grpc.health.v1.Health\"")));
}

class ReflectedSymbol : public ::testing::TestWithParam<const char*> {};

TEST_P(ReflectedSymbol, IsDescribed) {
  RpcRig rig;

  const std::string answer = Reflection(rig.replica().channel())
                                 .Ask("file_containing_symbol", GetParam())
                                 ->ShortDebugString();

  EXPECT_THAT(answer, HasSubstr("file_descriptor_response"));
  EXPECT_THAT(answer, ::testing::Not(HasSubstr("error_response")));
}

INSTANTIATE_TEST_SUITE_P(Symbols, ReflectedSymbol,
                         ::testing::Values("agynio.api.runners.v1.RunnersService",
                                           "agynio.api.runners.v1.Runner",
                                           "agynio.api.gateway.v1.RunnersGateway",
                                           "grpc.health.v1.Health"));

TEST(Health, FollowsReadinessAndLivenessDoesNot) {
  RpcRig rig;
  const std::vector<std::string> readiness = {"", "agynio.api.runners.v1.RunnersService",
                                              "agynio.api.gateway.v1.RunnersGateway"};

  for (const std::string& name : readiness) {
    EXPECT_EQ(HealthOf(rig.replica(), name), health_pb::HealthCheckResponse::SERVING) << name;
  }
  rig.replica().server().SetReady(false);
  for (const std::string& name : readiness) {
    EXPECT_EQ(HealthOf(rig.replica(), name), health_pb::HealthCheckResponse::NOT_SERVING) << name;
  }
  EXPECT_EQ(HealthOf(rig.replica(), "liveness"), health_pb::HealthCheckResponse::SERVING);

  rig.replica().server().SetReady(true);
  EXPECT_EQ(HealthOf(rig.replica(), ""), health_pb::HealthCheckResponse::SERVING);
}

TEST(Health, OfAnUnknownServiceIsNotFound) {
  RpcRig rig;
  const auto stub = health_pb::Health::NewStub(rig.replica().channel());
  health_pb::HealthCheckRequest request;
  request.set_service("no.such.Service");

  const auto answer = Ask(*stub, &health_pb::Health::Stub::Check, request, Nobody());

  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace runners::testing

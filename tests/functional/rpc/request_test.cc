#include <google/protobuf/descriptor.h>

#include "tests/functional/rpc/rpc_fixture.h"

// Requests as bytes: what does not parse, and what is too large.
namespace runners::testing {
namespace {

using grpc::StatusCode;

constexpr char kService[] = "/agynio.api.runners.v1.RunnersService/";
constexpr char kGateway[] = "/agynio.api.gateway.v1.RunnersGateway/";

std::vector<std::string> MethodsOf(const std::string& service) {
  const auto* described =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
  std::vector<std::string> methods;
  for (int i = 0; i < described->method_count(); ++i) {
    methods.push_back("/" + service + "/" + described->method(i)->name());
  }
  return methods;
}

std::vector<std::string> EveryPath() {
  std::vector<std::string> paths = MethodsOf("agynio.api.runners.v1.RunnersService");
  for (const std::string& path : MethodsOf("agynio.api.gateway.v1.RunnersGateway")) {
    paths.push_back(path);
  }
  return paths;
}

class RawRequest : public OnOneRig<::testing::TestWithParam<std::string>> {
 protected:
  grpc::Status Send(const std::string& bytes) {
    return AskRaw(rig().replica().channel(), GetParam(), bytes, As(kAdminId));
  }
};

TEST_P(RawRequest, ThatIsNoMessageIsInvalid) {
  for (const std::string& bytes :
       {std::string("\xFF\xFF\xFF\xFF", 4), std::string("\x0A\x05x", 3), std::string("\x07", 1),
        std::string(1000, '\x80'), std::string("{\"name\":\"r\"}")}) {
    EXPECT_TRUE(FailsWith(Send(bytes), StatusCode::INVALID_ARGUMENT, "UNPARSABLE_REQUEST"));
  }
}

INSTANTIATE_TEST_SUITE_P(EveryRpc, RawRequest, ::testing::ValuesIn(EveryPath()),
                         [](const auto& path) {
                           const bool gateway = path.param.find("Gateway") != std::string::npos;
                           return path.param.substr(path.param.rfind('/') + 1) +
                                  (gateway ? "OnTheGateway" : "");
                         });

// gRPC itself would answer UNIMPLEMENTED with an empty text.
TEST(RawRequest, WithAStringThatIsNotUtf8IsInvalid) {
  RpcRig rig;
  const std::string bad_name("\x0A\x02r\xFF", 4);
  const std::string bad_label_key("\x0A\x01r\x1A\x06\x0A\x01\xC0\x12\x01v", 11);
  const std::string bad_capability("\x0A\x01r\x22\x03\xED\xA0\x80", 8);  // a surrogate

  for (const std::string& bytes : {bad_name, bad_label_key, bad_capability}) {
    for (const char* door : {kService, kGateway}) {
      const grpc::Status status = AskRaw(rig.replica().channel(),
                                         std::string(door) + "RegisterRunner", bytes, As(kAdminId));
      EXPECT_TRUE(FailsWith(status, StatusCode::INVALID_ARGUMENT, "UNPARSABLE_REQUEST"));
      EXPECT_NE(status.error_message(), "");
    }
  }
  EXPECT_EQ(rig.database().Value("SELECT count(*) FROM runners"), "0");
}

TEST(RawRequest, WithFieldsFromTheFutureIsTaken) {
  RpcRig rig;
  // name: "r"; field 1003 is token_name one day.
  const std::string bytes = std::string("\x0A\x01r") + "\xDA\x3E\x04later";

  EXPECT_TRUE(FailsWith(AskRaw(rig.replica().channel(), std::string(kService) + "RegisterRunner",
                               bytes.substr(0, bytes.size() - 1), Nobody()),
                        StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED"));
  EXPECT_TRUE(AskRaw(rig.replica().channel(), std::string(kService) + "RegisterRunner",
                     bytes.substr(0, bytes.size() - 1), As(kAdminId))
                  .ok());
}

TEST(RawRequest, WithoutAByteIsAMessageOfDefaults) {
  RpcRig rig;

  EXPECT_TRUE(
      AskRaw(rig.replica().channel(), std::string(kService) + "ListRunners", "", Nobody()).ok());
}

// A request of exactly that size, of one field that nobody knows, so that only the size is wrong.
std::string PaddedTo(std::size_t size) {
  const std::string tag("\x82\x7D", 2);  // field 2000, length-delimited
  constexpr std::size_t kLengthBytes = 3;
  std::size_t payload = size - tag.size() - kLengthBytes;
  std::string length;
  for (std::size_t i = 0; i < kLengthBytes; ++i, payload >>= 7) {
    length.push_back(static_cast<char>((payload & 0x7F) | (i + 1 < kLengthBytes ? 0x80 : 0)));
  }
  return tag + length + std::string(size - tag.size() - kLengthBytes, 'x');
}

TEST(RequestSize, UpTo128KiBIsTakenAndMoreIsInvalid) {
  RpcRig rig;
  const std::string path = std::string(kService) + "ListRunners";
  constexpr std::size_t kLimit = 128 * 1024;

  const grpc::Status at = AskRaw(rig.replica().channel(), path, PaddedTo(kLimit), Nobody());
  const grpc::Status over = AskRaw(rig.replica().channel(), path, PaddedTo(kLimit + 1), Nobody());

  EXPECT_TRUE(at.ok()) << at.error_message();
  EXPECT_TRUE(FailsWith(over, StatusCode::INVALID_ARGUMENT, "REQUEST_TOO_LARGE"));
}

TEST(RequestSize, OverOneMiBIsRefusedByTheTransport) {
  RpcRig rig;
  const std::string path = std::string(kService) + "ListRunners";

  const grpc::Status at = AskRaw(rig.replica().channel(), path, PaddedTo(1024 * 1024), Nobody());
  const grpc::Status over =
      AskRaw(rig.replica().channel(), path, PaddedTo(1024 * 1024 + 1), Nobody());

  EXPECT_TRUE(FailsWith(at, StatusCode::INVALID_ARGUMENT, "REQUEST_TOO_LARGE"));
  EXPECT_EQ(over.error_code(), StatusCode::RESOURCE_EXHAUSTED);
}

}  // namespace
}  // namespace runners::testing

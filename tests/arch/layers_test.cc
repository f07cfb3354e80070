#include "tests/arch/layers.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace runners::arch {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Layers, ProjectKeepsThem) {
  EXPECT_THAT(LayerViolations(SourceTree::Project()), IsEmpty());
}

struct Planted {
  std::string name;
  std::string path;
  std::string include;
};

class PlantedInclude : public ::testing::TestWithParam<Planted> {};

TEST_P(PlantedInclude, IsFound) {
  SourceTree tree = SourceTree::Project();
  tree.Append(GetParam().path, "#include " + GetParam().include + "\n");

  EXPECT_THAT(LayerViolations(tree), Contains(HasSubstr(GetParam().path)));
}

INSTANTIATE_TEST_SUITE_P(
    EveryRule, PlantedInclude,
    ::testing::Values(
        Planted{"PublicFromCore", "include/runners/runner.h", "\"core/support/error.h\""},
        Planted{"PublicFromGrpc", "include/runners/runner.h", "<grpcpp/grpcpp.h>"},
        Planted{"SupportFromModel", "src/core/support/ids.cc", "\"core/model/paging.h\""},
        Planted{"ModelFromAccess", "src/core/model/runner.cc", "\"core/access/authorizer.h\""},
        Planted{"PortsFromUseCase", "src/core/ports/crypto.cc", "\"core/access/grants.h\""},
        Planted{"CoreFromAdapter", "src/core/registry/get_runner.cc", "\"adapters/system/log.h\""},
        Planted{"CoreFromPosix", "src/core/registry/get_runner.cc", "<unistd.h>"},
        Planted{"CoreFromSpdlog", "src/core/registry/get_runner.cc", "<spdlog/spdlog.h>"},
        Planted{"CoreFromAbseilMutex", "src/core/support/ids.cc",
                "\"absl/synchronization/mutex.h\""},
        Planted{"RegistryFromSelection", "src/core/registry/get_runner.cc",
                "\"core/selection/select_runner.h\""},
        Planted{"SelectionFromEnrollment", "src/core/selection/refusal.cc",
                "\"core/enrollment/enroll_runner.h\""},
        Planted{"EnrollmentFromRegistry", "src/core/enrollment/enroll_runner.cc",
                "\"core/registry/get_runner.h\""},
        Planted{"SystemFromPostgres", "src/adapters/system/log.cc",
                "\"adapters/postgres/transaction.h\""},
        Planted{"GrpcFromPostgres", "src/adapters/grpc/pipeline.cc",
                "\"adapters/postgres/transaction.h\""},
        Planted{"GrpcFromPqxx", "src/adapters/grpc/pipeline.cc", "<pqxx/pqxx>"},
        Planted{"PostgresFromUseCase", "src/adapters/postgres/row_mapping.cc",
                "\"core/registry/get_runner.h\""},
        Planted{"PostgresFromProto", "src/adapters/postgres/row_mapping.cc",
                "\"agynio/api/runners/v1/runners.pb.h\""},
        Planted{"OpenZitiFromOpenSsl", "src/adapters/openziti/http_client.cc", "<openssl/x509.h>"},
        Planted{"OpenZitiFromApp", "src/adapters/openziti/http_client.cc", "\"app/config.h\""},
        Planted{"AppFromGrpc", "src/app/planted.cc", "<grpcpp/grpcpp.h>"},
        Planted{"SourceFromTests", "src/app/planted.cc", "\"tests/support/temp_postgres.h\""},
        Planted{"ToolFromSource", "tools/dev_controller/planted.cc", "\"core/support/secret.h\""},
        Planted{"PathLeftOut", "src/core/registry/get_runner.cc", "\"get_runner.h\""},
        Planted{"FolderWithoutRow", "src/adapters/planted/planted.cc", "<string>"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Layers, LineIsNamed) {
  SourceTree tree = SourceTree::Project();
  tree.Append("src/core/registry/planted.cc", "#include <string>\n#include <curl/curl.h>\n");

  EXPECT_THAT(LayerViolations(tree),
              Contains(AllOf(HasSubstr("src/core/registry/planted.cc:2"), HasSubstr("curl"))));
}

}  // namespace
}  // namespace runners::arch

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/contract/overlay/controller_rig.h"
#include "tests/support/dev_controller_process.h"

namespace runners::testing {
namespace {

// Environment variables for as long as it lives. Thread-compatible.
class TempEnvironment {
 public:
  explicit TempEnvironment(const std::map<std::string, std::string>& variables) {
    for (const auto& [name, value] : variables) {
      const char* before = std::getenv(name.c_str());
      if (before == nullptr) {
        before_[name] = std::nullopt;
      } else {
        before_[name] = before;
      }
      setenv(name.c_str(), value.c_str(), 1);
    }
  }
  ~TempEnvironment() {
    for (const auto& [name, value] : before_) {
      if (value) {
        setenv(name.c_str(), value->c_str(), 1);
      } else {
        unsetenv(name.c_str());
      }
    }
  }
  TempEnvironment(const TempEnvironment&) = delete;
  TempEnvironment& operator=(const TempEnvironment&) = delete;

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

TEST(EnvController, DevelopmentControllerIsRefused) {
  DevControllerOptions options;
  options.binary = RUNNERS_BINARY_DIR "/dev_controller";
  const DevControllerProcess controller(options);
  const TempEnvironment environment({{"RUNNERS_TEST_CONTROLLER", "env"},
                                     {"ZITI_MANAGEMENT_URL", controller.management_url()},
                                     {"ZITI_CLIENT_URL", controller.client_url()},
                                     {"ZITI_CA_FILE", controller.ca_file()},
                                     {"ZITI_USERNAME", controller.username()},
                                     {"ZITI_PASSWORD", controller.password().Reveal()}});
  const ControllerKind named = AllControllers().back();
  ASSERT_EQ(named.name, "Env");

  EXPECT_THAT([&] { named.make(); }, ::testing::ThrowsMessage<std::runtime_error>(
                                         ::testing::HasSubstr("is a development controller")));
}

}  // namespace
}  // namespace runners::testing

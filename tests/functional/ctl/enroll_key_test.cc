#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "adapters/openziti/openziti_overlay.h"
#include "adapters/system/crypto.h"
#include "adapters/system/system_clock.h"
#include "tests/support/controller_admin.h"
#include "tests/support/ctl_run.h"
#include "tests/support/dev_controller_process.h"
#include "tests/support/forwarding_overlay.h"
#include "tests/support/rpc_rig.h"
#include "tests/support/temp_folder.h"

// `runnersctl enroll` over other overlays than the fake.
namespace runners::testing {
namespace {

using ::testing::ContainsRegex;

// A service from before certificate requests: it does not look at one.
class OverlayOfAnEarlierService final : public ForwardingOverlay {
 public:
  using ForwardingOverlay::ForwardingOverlay;

  absl::StatusOr<IssuedIdentity> IssueIdentity(const IdentityKey& key,
                                               const std::optional<std::string>&,
                                               absl::Time deadline) override {
    return ForwardingOverlay::IssueIdentity(key, std::nullopt, deadline);
  }
};

// A service over an overlay, with a runner whose token is in a file.
struct CtlRig {
  explicit CtlRig(Overlay& overlay) : rig(overlay) {
    const auto registered = rig.Register("r");
    id = registered.runner().meta().id();
    folder.Write("token", registered.service_token());
  }

  CtlResult Enroll(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"enroll", "--token-file", folder.path() + "/token", "--out",
                                      Out()};
    words.insert(words.end(), more.begin(), more.end());
    return RunCtl(words, {.environment = {{"RUNNERS_SERVER", rig.replica().server().address()}}});
  }
  std::string Out() const { return folder.path() + "/identity.json"; }

  RpcRig rig;
  TempFolder folder;
  std::string id;
};

TEST(EnrollCommand, AKeyThatWasNotAskedForIsRefusedAndSaysWhatHelps) {
  const system::SystemClock clock;
  FakeOverlay fake(clock);
  OverlayOfAnEarlierService overlay(fake);
  CtlRig rig(overlay);

  const CtlResult refused = rig.Enroll();

  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, ContainsRegex("^runnersctl: the service made a private key [^\n]*"
                                         "--server-key[^\n]*\n$"));
  EXPECT_FALSE(std::filesystem::exists(rig.Out()));
  EXPECT_EQ(rig.Enroll({"--server-key"}).code, 0);
}

TEST(EnrollCommand, WhatItWritesLogsInAtTheController) {
  DevControllerOptions process_options;
  process_options.binary = RUNNERS_BINARY_DIR "/dev_controller";
  const DevControllerProcess controller(process_options);
  openziti::OpenZitiOptions options;
  options.management_url = controller.management_url();
  options.client_url = controller.client_url();
  options.runner_url = controller.client_url();
  options.ca_file = controller.ca_file();
  options.username = controller.username();
  options.password = controller.password();
  options.instance_id = kAcmeId;
  const system::SystemClock clock;
  system::OsEntropy entropy;
  NoFaults faults;
  const auto overlay = openziti::OpenZitiOverlay::Create(options, clock, entropy, faults);
  ASSERT_TRUE(overlay.ok()) << overlay.status();
  CtlRig rig(**overlay);
  using Services = std::vector<RunnerLogin::Service>;

  const std::vector<std::vector<std::string>> ways = {{"--force"}, {"--force", "--server-key"}};
  for (const std::vector<std::string>& words : ways) {
    const CtlResult result = rig.Enroll(words);

    ASSERT_EQ(result.code, 0) << result.err;
    RunnerLogin runner(Secret(FileContent(rig.Out())));
    EXPECT_EQ(runner.LogIn(), 200) << words.back();
    EXPECT_EQ(runner.Services(), (Services{{"runner-" + rig.id, {"Bind"}}}));
  }
}

}  // namespace
}  // namespace runners::testing

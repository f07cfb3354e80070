#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "gtest/gtest.h"

#include "tests/support/ctl_run.h"
#include "tests/support/rpc_rig.h"
#include "tests/support/temp_folder.h"

namespace runners::testing {

// runnersctl against a live service, called by the cluster admin unless said otherwise.
class CtlFixture : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;
  using Json = nlohmann::json;

  CtlSurroundings By(const std::string& identity) {
    return {.environment = {{"RUNNERS_SERVER", rig_.replica().server().address()},
                            {"RUNNERS_IDENTITY", identity}}};
  }

  CtlResult Ctl(const Words& arguments) { return RunCtl(arguments, By(kAdminId)); }

  // A command that must end well; with its output.
  std::string Out(const Words& arguments) {
    const CtlResult result = Ctl(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    return result.out;
  }
  Json OutJson(Words arguments) {
    arguments.insert(arguments.end(), {"-o", "json"});
    return Json::parse(Out(arguments));
  }
  // With -q: one line, without its end.
  std::string OutId(Words arguments) {
    arguments.emplace_back("-q");
    const std::string out = Out(arguments);
    EXPECT_EQ(out.find('\n'), out.size() - 1) << out;
    return out.substr(0, out.find('\n'));
  }

  // Registers a runner with its token in a file and, for RegisterEnrolled, enrolls it. With its id.
  std::string Register(const std::string& name, const Words& more = {}) {
    Words arguments = {"register", "--name", name, "--token-out", Path(name + ".token")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return OutId(arguments);
  }
  std::string RegisterEnrolled(const std::string& name, const Words& more = {}) {
    const std::string id = Register(name, more);
    Out({"enroll", "--token-file", Path(name + ".token"), "--out", Path(name + ".json")});
    return id;
  }

  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  RpcRig rig_;
  TempFolder folder_;
};

}  // namespace runners::testing

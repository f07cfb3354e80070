#include <memory>

#include "tests/functional/rpc/log_capture.h"
#include "tests/functional/rpc/rpc_fixture.h"
#include "tests/support/secrets_seen.h"

// No token, digest or key in any log, at debug level.
namespace runners::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// All RPCs, well and badly.
void CallEverything(RpcRig& rig) {
  const auto registered = rig.Register("r", kAcmeId);
  const std::string id = registered.runner().meta().id();
  const std::string& token = registered.service_token();
  pb::UpdateRunnerRequest update;
  update.set_id(id);
  update.set_name(token);  // even as somebody else's text
  pb::SelectRunnerRequest select;
  select.set_organization_id(kAcmeId);
  TryEnroll(rig, token);
  TryEnroll(rig, token + "x");
  TryValidate(rig, token, Nobody());
  TryValidate(rig, token, As(kStrangerId));
  TryGet(rig, token, As(kAdminId));
  TryUpdate(rig, update);
  TryList(rig, {}, As(kOwnerId));
  TrySelect(rig, select);
  TryPutGrant(rig, token, "admin", "cluster:global");
  TryDeleteGrant(rig, kStrangerId, "admin", "cluster:global");
  TryListGrants(rig, {});
  AskRaw(rig.replica().channel(), "/agynio.api.runners.v1.RunnersService/EnrollRunner",
         "\x0A\x42" + token + "\xFF\xFF", Nobody());
  rig.overlay().GoAway();
  TryEnroll(rig, token);
  TryDelete(rig, id, As(kAdminId));
  CloseDatabase(rig);
  TryEnroll(rig, token);
  TryValidate(rig, token, As(kAdminId));
}

TEST(Secrets, TheSearchFindsAPlantedToken) {
  RpcRig rig;
  const std::string made_up(64, '7');  // not a live one: what is planted here is found by all tests
  SecretsSeen mine;
  mine.Add(made_up);
  const LogCapture capture;

  rig.database().log().Debug("planted", {{"token", made_up.substr(1)}});
  EXPECT_THAT(mine.In(capture.Text()), IsEmpty());
  rig.database().log().Debug("planted", {{"token", "Bearer " + made_up}});

  EXPECT_THAT(mine.In(capture.Text()), Contains(made_up));
}

TEST(Secrets, AreInNoLogWhateverIsCalled) {
  const LogCapture capture;
  {
    RpcRig rig;
    CallEverything(rig);
  }  // its digests are known now

  const std::string text = capture.Text();
  for (const char* rpc : {"RegisterRunner", "GetRunner", "ListRunners", "UpdateRunner",
                          "DeleteRunner", "ValidateServiceToken", "EnrollRunner", "SelectRunner",
                          "PutGrant", "DeleteGrant", "ListGrants"}) {
    EXPECT_THAT(text, HasSubstr(std::string("method=") + rpc)) << "its calls are logged";
  }
  EXPECT_THAT(text, HasSubstr("DATABASE_UNAVAILABLE"));
  EXPECT_GE(SecretsSeen::Shared().All().size(), 3U);
  EXPECT_THAT(SecretsSeen::Shared().In(text), IsEmpty());
  EXPECT_THAT(text, Not(HasSubstr("PRIVATE KEY")));
}

TEST(Secrets, AreInNoError) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();
  const std::string wrong = token + "x";

  for (const grpc::Status& status :
       {TryEnroll(rig, wrong).status, TryValidate(rig, wrong, Nobody()).status,
        TryValidate(rig, token, As(kStrangerId)).status,
        AskRaw(rig.replica().channel(), "/agynio.api.runners.v1.RunnersService/EnrollRunner",
               "\x0A\x42" + token + "\xFF\xFF", Nobody())}) {
    ASSERT_FALSE(status.ok());
    EXPECT_THAT(status.error_message() + status.error_details(), Not(HasSubstr(token)));
  }
}

// All that is logged while this program runs, searched at its end for all that appeared.
class SearchedLogs final : public ::testing::Environment {
 public:
  void SetUp() override { capture_ = std::make_unique<LogCapture>(); }

  void TearDown() override {
    EXPECT_THAT(SecretsSeen::Shared().In(capture_->Text()), IsEmpty());
    capture_.reset();
  }

 private:
  std::unique_ptr<LogCapture> capture_;
};

[[maybe_unused]] const ::testing::Environment* const kSearchedLogs =
    ::testing::AddGlobalTestEnvironment(new SearchedLogs);

}  // namespace
}  // namespace runners::testing

#include "tools/dev_controller/controller.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"
#include "tools/dev_controller/state_folder.h"

namespace dev_controller {
namespace {

using runners::testing::FileContent;
using runners::testing::TempFolder;

Settings SettingsIn(const TempFolder& folder) {
  Settings settings;
  settings.state_dir = folder.path();
  settings.admin_password = "password";
  return settings;
}

TEST(Controller, IsAtTheSamePlaceAgainAfterARestart) {
  const TempFolder folder;
  std::string management;
  std::string client;
  std::string ca;
  {
    const Controller first(SettingsIn(folder));
    management = first.management_url();
    client = first.client_url();
    ca = FileContent(first.ca_file());
  }

  const Controller second(SettingsIn(folder));

  EXPECT_EQ(second.management_url(), management);
  EXPECT_EQ(second.client_url(), client);
  EXPECT_EQ(FileContent(second.ca_file()), ca);
}

TEST(Controller, TakesOtherPortsWhenThoseOfTheLastStartAreTaken) {
  const TempFolder folder;
  const TempFolder elsewhere;
  Settings taken = SettingsIn(elsewhere);
  {
    const Controller first(SettingsIn(folder));
    const auto port = [](const std::string& url) {
      return std::stoi(url.substr(url.find(':', 8) + 1));
    };
    taken.management_port = port(first.management_url());
    taken.client_port = port(first.client_url());
  }
  const Controller other(taken);

  const Controller second(SettingsIn(folder));

  EXPECT_NE(second.management_url(), other.management_url());
  EXPECT_NE(second.client_url(), other.client_url());
}

TEST(Controller, PortThatWasAskedForMustBeFree) {
  const TempFolder folder;
  const Controller first(SettingsIn(folder));
  const TempFolder elsewhere;
  Settings settings = SettingsIn(elsewhere);
  settings.client_port = std::stoi(first.client_url().substr(first.client_url().find(':', 8) + 1));

  EXPECT_THROW(Controller{settings}, std::runtime_error);
}

TEST(StateFolder, IsForOneProcessAtATime) {
  const TempFolder folder;
  const StateFolder first(folder.path() + "/state");

  EXPECT_THROW(StateFolder(folder.path() + "/state"), std::runtime_error);
}

TEST(StateFolder, KeepsThePasswordItMade) {
  const TempFolder folder;
  const std::string made = StateFolder(folder.path()).AdminPassword();

  EXPECT_GE(made.size(), 20U);
  EXPECT_EQ(StateFolder(folder.path()).AdminPassword(), made);
}

}  // namespace
}  // namespace dev_controller

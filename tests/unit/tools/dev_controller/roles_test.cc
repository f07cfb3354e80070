#include "tools/dev_controller/roles.h"

#include <gtest/gtest.h>

namespace dev_controller {
namespace {

using nlohmann::json;

const json kRow = {{"id", "x"}, {"roleAttributes", {"a", "b"}}};

TEST(Roles, AnyOfNeedsOneAttribute) {
  EXPECT_TRUE(RolesMean({"#a", "#c"}, "AnyOf", kRow));
  EXPECT_FALSE(RolesMean({"#c"}, "AnyOf", kRow));
}

TEST(Roles, AllOfNeedsEveryAttribute) {
  EXPECT_TRUE(RolesMean({"#a", "#b"}, "AllOf", kRow));
  EXPECT_FALSE(RolesMean({"#a", "#c"}, "AllOf", kRow));
}

TEST(Roles, IdsAndAllAreEnoughInBoth) {
  for (const char* semantic : {"AnyOf", "AllOf"}) {
    EXPECT_TRUE(RolesMean({"@x", "#c"}, semantic, kRow)) << semantic;
    EXPECT_TRUE(RolesMean(json::array({"#all"}), semantic, kRow)) << semantic;
    EXPECT_FALSE(RolesMean(json::array({"@y"}), semantic, kRow)) << semantic;
    EXPECT_FALSE(RolesMean(nullptr, semantic, kRow)) << semantic;
    EXPECT_FALSE(RolesMean(json::array(), semantic, kRow)) << semantic;
  }
}

TEST(Roles, LastOneTakenOutLeavesNull) {
  EXPECT_EQ(RolesWithout({"@x", "#a"}, "x"), json::array({"#a"}));
  EXPECT_EQ(RolesWithout(json::array({"@x"}), "x"), json());
  EXPECT_EQ(RolesWithout(json::array({"@xy"}), "x"), json::array({"@xy"}));
}

}  // namespace
}  // namespace dev_controller

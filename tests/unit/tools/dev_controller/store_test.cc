#include "tools/dev_controller/store.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_folder.h"

namespace dev_controller {
namespace {

using runners::testing::FileContent;
using runners::testing::TempFolder;

class StoreFile : public ::testing::Test {
 protected:
  const TempFolder folder_;
  const std::string file_ = folder_.path() + "/state.jsonl";
};

TEST_F(StoreFile, CommittedChangesAreThereAgain) {
  {
    Store store(file_);
    store.Put(Table::kServices, "a", {{"name", "one"}});
    store.Put(Table::kServices, "b", {{"name", "two"}});
    store.Commit();
    store.Erase(Table::kServices, "a");
    store.Put(Table::kPolicies, "p", {{"name", "policy"}});
    store.Commit();
  }

  const Store again(file_);

  EXPECT_EQ(again.Find(Table::kServices, "a"), nullptr);
  ASSERT_NE(again.Find(Table::kServices, "b"), nullptr);
  EXPECT_EQ(again.rows(Table::kPolicies).size(), 1U);
}

TEST_F(StoreFile, UncommittedChangesAreNot) {
  {
    Store store(file_);
    store.Put(Table::kServices, "a", {{"name", "one"}});
  }

  EXPECT_TRUE(Store(file_).rows(Table::kServices).empty());
}

TEST_F(StoreFile, RollbackPutsEverythingBack) {
  Store store(file_);
  store.Put(Table::kServices, "a", {{"name", "one"}});
  store.Commit();

  store.Put(Table::kServices, "a", {{"name", "other"}});
  store.Put(Table::kServices, "b", {{"name", "new"}});
  store.Erase(Table::kServices, "a");
  store.Rollback();
  store.Commit();

  ASSERT_EQ(store.rows(Table::kServices).size(), 1U);
  EXPECT_EQ(store.Find(Table::kServices, "a")->at("name"), "one");
}

TEST_F(StoreFile, LineThatDidNotGetThroughIsDropped) {
  {
    Store store(file_);
    store.Put(Table::kServices, "a", {{"name", "one"}});
    store.Commit();
  }
  std::ofstream(file_, std::ios::app) << R"([["services","b",{"na)";

  EXPECT_EQ(Store(file_).rows(Table::kServices).size(), 1U);
}

TEST_F(StoreFile, DamageInTheMiddleIsReported) {
  std::ofstream(file_) << "garbage\n[]\n";

  EXPECT_THROW(Store{file_}, std::runtime_error);
  EXPECT_EQ(FileContent(file_), "garbage\n[]\n") << "it must not be overwritten";
}

}  // namespace
}  // namespace dev_controller

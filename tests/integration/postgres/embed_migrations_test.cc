#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace runners::testing {
namespace {

namespace fs = std::filesystem;

// Runs migrations/embed.cmake on files made up for the test.
class EmbedMigrationsTest : public ::testing::Test {
 protected:
  EmbedMigrationsTest() {
    std::string name = ::testing::TempDir() + "/runners-embed-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~EmbedMigrationsTest() override { fs::remove_all(folder_); }

  void Add(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }

  // What cmake said; empty when it succeeded.
  std::string Complaint() {
    const std::string command = "cmake -D FOLDER=" + folder_.string() +
                                " -D OUTPUT=" + (folder_ / "out.cc").string() +
                                " -P " RUNNERS_SOURCE_DIR "/migrations/embed.cmake >" +
                                (folder_ / "said").string() + " 2>&1";
    if (std::system(command.c_str()) == 0) return "";
    std::ostringstream said;
    said << std::ifstream(folder_ / "said").rdbuf();
    return said.str();
  }

  static constexpr char kGood[] = "-- oldest-binary: 1\nSELECT 1;\n";
  fs::path folder_;
};

TEST_F(EmbedMigrationsTest, GoodFilesAreEmbeddedAsTheyAre) {
  Add("0001_create_a.sql", "-- oldest-binary: 1\nSELECT ';[]\\${x}\"'; -- ünï\n");
  Add("0002_create_b.sql", kGood);

  EXPECT_EQ(Complaint(), "");

  std::ostringstream made;
  made << std::ifstream(folder_ / "out.cc").rdbuf();
  EXPECT_THAT(made.str(), ::testing::HasSubstr("SELECT ';[]\\${x}\"'; -- ünï\n"));
}

TEST_F(EmbedMigrationsTest, DoubledNumberIsRefused) {
  Add("0001_create_a.sql", kGood);
  Add("0001_create_b.sql", kGood);

  EXPECT_THAT(Complaint(), ::testing::HasSubstr("0001_create_b.sql"));
}

TEST_F(EmbedMigrationsTest, GapIsRefused) {
  Add("0001_create_a.sql", kGood);
  Add("0003_create_b.sql", kGood);

  EXPECT_THAT(Complaint(), ::testing::HasSubstr("expected number 2"));
}

TEST_F(EmbedMigrationsTest, BadNameIsRefused) {
  Add("1_create_a.sql", kGood);

  EXPECT_THAT(Complaint(), ::testing::HasSubstr("NNNN_verb_object"));
}

TEST_F(EmbedMigrationsTest, MissingHeaderIsRefused) {
  Add("0001_create_a.sql", "SELECT 1;\n");

  EXPECT_THAT(Complaint(), ::testing::HasSubstr("oldest-binary"));
}

TEST_F(EmbedMigrationsTest, OldestBinaryAboveItsOwnLevelIsRefused) {
  Add("0001_create_a.sql", "-- oldest-binary: 2\nSELECT 1;\n");

  EXPECT_THAT(Complaint(), ::testing::HasSubstr("between 1 and 1"));
}

}  // namespace
}  // namespace runners::testing

#include "app/ctl/private_file.h"

#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/support/error.h"
#include "tests/support/temp_folder.h"

namespace runners::ctl {
namespace {

namespace fs = std::filesystem;
using runners::testing::FileContent;
using runners::testing::TempFolder;
using ::testing::HasSubstr;

std::size_t FilesIn(const TempFolder& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
}

mode_t ModeOf(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(stat(path.c_str(), &found), 0);
  return found.st_mode & 07777U;
}

TEST(PrivateFile, CommittedFileIsWholeAndForItsOwnerOnly) {
  const TempFolder folder;
  const std::string path = folder.path() + "/secret";
  const mode_t mask = umask(0);

  auto file = PrivateFile::Reserve(path, IfExists::kRefuse, 1000);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_FALSE(fs::exists(path)) << "the name appeared before the content";
  const absl::Status committed = (*file)->Commit("content\n");
  file->reset();
  umask(mask);

  ASSERT_TRUE(committed.ok()) << committed;
  EXPECT_EQ(FileContent(path), "content\n");
  EXPECT_EQ(ModeOf(path), 0600U);
  EXPECT_EQ(FilesIn(folder), 1U);
}

TEST(PrivateFile, NotCommittedLeavesNothing) {
  const TempFolder folder;

  auto file = PrivateFile::Reserve(folder.path() + "/secret", IfExists::kRefuse, 100);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(FilesIn(folder), 1U);
  file->reset();

  EXPECT_EQ(FilesIn(folder), 0U);
}

TEST(PrivateFile, AFileThatIsThereIsRefusedAndKept) {
  const TempFolder folder;
  const std::string path = folder.Write("secret", "old");

  const auto file = PrivateFile::Reserve(path, IfExists::kRefuse, 100);

  ASSERT_FALSE(file.ok());
  EXPECT_THAT(std::string(MessageOf(file.status())), HasSubstr("--force"));
  EXPECT_EQ(FileContent(path), "old");
  EXPECT_EQ(FilesIn(folder), 1U);
}

TEST(PrivateFile, AFileThatCameMeanwhileIsKept) {
  const TempFolder folder;
  const std::string path = folder.path() + "/secret";
  auto file = PrivateFile::Reserve(path, IfExists::kRefuse, 100);
  ASSERT_TRUE(file.ok()) << file.status();
  folder.Write("secret", "theirs");

  const absl::Status committed = (*file)->Commit("mine");
  file->reset();

  EXPECT_FALSE(committed.ok());
  EXPECT_EQ(FileContent(path), "theirs");
  EXPECT_EQ(FilesIn(folder), 1U);
}

TEST(PrivateFile, ReplacesAFileWhenAskedTo) {
  const TempFolder folder;
  const std::string path = folder.Write("secret", "a much longer content than the new one");
  chmod(path.c_str(), 0644);

  auto file = PrivateFile::Reserve(path, IfExists::kReplace, 100);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(FileContent(path), "a much longer content than the new one");
  ASSERT_TRUE((*file)->Commit("new").ok());
  file->reset();

  EXPECT_EQ(FileContent(path), "new");
  EXPECT_EQ(ModeOf(path), 0600U);
  EXPECT_EQ(FilesIn(folder), 1U);
}

TEST(PrivateFile, ALinkIsNeverFollowed) {
  const TempFolder folder;
  const std::string target = folder.Write("target", "old");
  const std::string path = folder.path() + "/link";
  fs::create_symlink(target, path);

  const auto file = PrivateFile::Reserve(path, IfExists::kReplace, 100);

  ASSERT_FALSE(file.ok());
  EXPECT_THAT(std::string(MessageOf(file.status())), HasSubstr("not a regular file"));
  EXPECT_EQ(FileContent(target), "old");
}

TEST(PrivateFile, APlaceThatCannotBeWrittenIsToldAtOnce) {
  const TempFolder folder;
  for (const std::string& path :
       {folder.path() + "/missing/secret", folder.path() + "/", std::string()}) {
    EXPECT_FALSE(PrivateFile::Reserve(path, IfExists::kRefuse, 100).ok()) << path;
  }
  const auto file = PrivateFile::Reserve(folder.path() + "/missing/x", IfExists::kRefuse, 100);
  EXPECT_THAT(std::string(MessageOf(file.status())), HasSubstr("No such file or directory"));
}

TEST(ReadSmallFile, ReadsAWholeFile) {
  const TempFolder folder;

  const auto content = ReadSmallFile(folder.Write("token", std::string(64 * 1024, 'x')));

  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->size(), 64U * 1024U);
}

TEST(ReadSmallFile, RefusesWhatIsTooLargeOrMissing) {
  const TempFolder folder;

  const auto large = ReadSmallFile(folder.Write("token", std::string(64 * 1024 + 1, 'x')));
  const auto missing = ReadSmallFile(folder.path() + "/missing");
  const auto directory = ReadSmallFile(folder.path());

  EXPECT_THAT(std::string(MessageOf(large.status())), HasSubstr("too large"));
  EXPECT_THAT(std::string(MessageOf(missing.status())), HasSubstr("No such file"));
  EXPECT_THAT(std::string(MessageOf(directory.status())), HasSubstr("Is a directory"));
}

}  // namespace
}  // namespace runners::ctl

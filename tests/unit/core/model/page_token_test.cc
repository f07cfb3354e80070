#include "core/model/page_token.h"

#include <string>

#include "gtest/gtest.h"

#include "adapters/system/crypto.h"
#include "core/support/error.h"

namespace runners {
namespace {

const system::OpenSslHasher kHasher;

PageTokenKeys Keys(const std::string& current, std::optional<std::string> previous = {}) {
  PageTokenKeys keys{Secret(current), std::nullopt};
  if (previous) keys.previous = Secret(*previous);
  return keys;
}

TEST(PageTokenSealer, OpensWhatItSealed) {
  const PageTokenSealer sealer(kHasher, Keys("key"));
  const std::string position("after\0this", 10);

  const auto opened = sealer.Open(sealer.Seal(position, "context"), "context");

  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(*opened, position);
}

TEST(PageTokenSealer, RefusesAnotherContextAnotherKeyAndRubbish) {
  const PageTokenSealer sealer(kHasher, Keys("key"));
  const PageTokenSealer stranger(kHasher, Keys("other key"));
  const std::string token = sealer.Seal("position", "context");

  for (const auto& opened : {sealer.Open(token, "another context"), stranger.Open(token, "context"),
                             sealer.Open("", "context"), sealer.Open("%%%", "context"),
                             sealer.Open(token.substr(0, 10), "context"),
                             sealer.Open(std::string(100000, 'A'), "context")}) {
    EXPECT_TRUE(HasReason(opened.status(), ErrorReason::kInvalidPageToken)) << opened.status();
  }
}

TEST(PageTokenSealer, EveryChangedCharacterIsNoticed) {
  const PageTokenSealer sealer(kHasher, Keys("key"));
  const std::string token = sealer.Seal("1:2position", "context");

  for (std::size_t i = 0; i < token.size() - 1; ++i) {
    std::string forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(sealer.Open(forged, "context").ok()) << "character " << i;
  }
}

TEST(PageTokenSealer, TheKeyBeforeStillOpens) {
  const std::string token = PageTokenSealer(kHasher, Keys("old")).Seal("position", "context");
  const PageTokenSealer after_rotation(kHasher, Keys("new", "old"));

  EXPECT_TRUE(after_rotation.Open(token, "context").ok());
}

}  // namespace
}  // namespace runners

#include "app/server/setting_values.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/server/listen_address.h"

namespace runners::server {
namespace {

using ::testing::HasSubstr;

TEST(ReadNumber, BoundsAreIncludedAndNothingElseIsANumber) {
  int value = 0;
  EXPECT_EQ(ReadNumber("1", 1, 8, value), "");
  EXPECT_EQ(value, 1);
  EXPECT_EQ(ReadNumber("8", 1, 8, value), "");
  EXPECT_EQ(value, 8);

  for (const char* text : {"0", "9", "", " 1", "1 ", "+1", "1.0", "0x1", "99999999999999"}) {
    EXPECT_EQ(ReadNumber(text, 1, 8, value), "must be a whole number from 1 to 8") << text;
  }
  EXPECT_EQ(value, 8) << "a wrong text must not change the value";
}

TEST(ReadDuration, TakesUnitsAndKeepsItsBounds) {
  absl::Duration value;
  const auto read = [&value](const char* text) {
    return ReadDuration(text, absl::Milliseconds(100), absl::Hours(1), value);
  };
  EXPECT_EQ(read("100ms"), "");
  EXPECT_EQ(value, absl::Milliseconds(100));
  EXPECT_EQ(read("1h"), "");
  EXPECT_EQ(read("1m30s"), "");
  EXPECT_EQ(value, absl::Seconds(90));

  for (const char* text : {"5", "", "s", "5 s", "5 minutes", "soon"}) {
    EXPECT_THAT(read(text), HasSubstr("with its unit")) << text;
  }
  for (const char* text : {"99ms", "0", "-5s", "61m", "inf"}) {
    EXPECT_EQ(read(text), "must be a time from 100ms to 1h") << text;
  }
  EXPECT_EQ(value, absl::Seconds(90));
}

TEST(ReadFlag, OnlyTrueAndFalse) {
  bool value = false;
  EXPECT_EQ(ReadFlag("true", value), "");
  EXPECT_TRUE(value);
  for (const char* text : {"1", "yes", "TRUE", "on", ""}) EXPECT_NE(ReadFlag(text, value), "");
  EXPECT_TRUE(value);
}

TEST(ReadDatabaseUrl, TakesUrisAndConnectionStrings) {
  Secret value;
  EXPECT_EQ(ReadDatabaseUrl("postgresql://u@h/d", value), "");
  EXPECT_EQ(ReadDatabaseUrl("host=/tmp user=u dbname=d", value), "");
  EXPECT_NE(ReadDatabaseUrl("mysql://u@h/d", value), "");
}

TEST(ReadEdgeUrl, TakesHttpsOnly) {
  std::string value;
  EXPECT_EQ(ReadEdgeUrl("https://h:1280", value), "");
  EXPECT_NE(ReadEdgeUrl("http://h:1280", value), "");
  EXPECT_EQ(value, "https://h:1280");
}

TEST(ListenAddress, IsHostAndPort) {
  for (const char* text : {":50051", "127.0.0.1:0", "localhost:65535", "[::]:1", "[::1]:50051"}) {
    EXPECT_TRUE(IsListenAddress(text)) << text;
  }
  for (const char* text : {"", "50051", "host", "host:", "host:65536", "host:-1", "host:x", "::1:1",
                           "[::1]", "unix:/run/x", "http://h:1", "[x]:1", "h h:1"}) {
    EXPECT_FALSE(IsListenAddress(text)) << text;
  }
}

TEST(ListenAddress, EveryInterfaceIsCalledOnLoopback) {
  EXPECT_EQ(CallableAddress(":50051"), "127.0.0.1:50051");
  EXPECT_EQ(CallableAddress("0.0.0.0:50051"), "127.0.0.1:50051");
  EXPECT_EQ(CallableAddress("[::]:50051"), "127.0.0.1:50051");
  EXPECT_EQ(CallableAddress("[::1]:50051"), "[::1]:50051");
  EXPECT_EQ(CallableAddress("10.0.0.1:50051"), "10.0.0.1:50051");
}

}  // namespace
}  // namespace runners::server

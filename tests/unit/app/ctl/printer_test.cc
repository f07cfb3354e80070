#include "app/ctl/printer.h"

#include <functional>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/unit/app/ctl/ctl_samples.h"

namespace runners::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string Printed(OutputFormat format, const std::function<void(const Printer&)>& print,
                    Audience audience = Audience::kPipe) {
  std::ostringstream out;
  print(Printer(format, audience, out));
  return out.str();
}

TEST(PrintRunner, ShowsEveryFieldToPeople) {
  const std::string text =
      Printed(OutputFormat::kTable, [](const Printer& p) { p.PrintRunner(SampleRunner()); });

  EXPECT_EQ(text,
            "ID                11111111-2222-4333-8444-555555555555\n"
            "Name              first\n"
            "Scope             organization 7d3f1f8e-5c1b-4a57-9b57-0b8f6f1d2c11\n"
            "Status            enrolled\n"
            "Labels            region=eu, team=ml\n"
            "Capabilities      docker, gpu\n"
            "OpenZiti service  runner-11111111-2222-4333-8444-555555555555\n"
            "Etag              e1\n"
            "Created           2026-01-02T03:04:05Z\n"
            "Updated           2026-01-02T03:04:05.25Z\n");
}

TEST(PrintRunners, IsATableForPeople) {
  const std::string text =
      Printed(OutputFormat::kTable, [](const Printer& p) { p.PrintRunners({SampleRunner()}); });

  EXPECT_THAT(text, StartsWith("ID  "));
  EXPECT_THAT(text, HasSubstr("\n11111111-2222-4333-8444-555555555555  first"));
  EXPECT_THAT(text, HasSubstr("2026-01-02 03:04\n"));
}

TEST(PrintRunners, SaysWhenThereAreNone) {
  const auto none = [](const Printer& p) { p.PrintRunners({}); };

  EXPECT_EQ(Printed(OutputFormat::kTable, none), "No runners.\n");
  EXPECT_EQ(Printed(OutputFormat::kJson, none), "[]\n");
  EXPECT_EQ(Printed(OutputFormat::kIds, none), "");
}

TEST(PrintRegistered, ShowsTheTokenOnlyWithoutAFile) {
  for (const OutputFormat format : {OutputFormat::kTable, OutputFormat::kJson}) {
    EXPECT_THAT(
        Printed(format,
                [](const Printer& p) { p.PrintRegistered(SampleRegistered(), std::nullopt); }),
        HasSubstr(kSampleToken));
    EXPECT_THAT(
        Printed(format,
                [](const Printer& p) { p.PrintRegistered(SampleRegistered(), "first.token"); }),
        ::testing::AllOf(HasSubstr("first.token"), Not(HasSubstr(kSampleToken))));
  }
}

TEST(PrintRegistered, QuietShowsNoToken) {
  const std::string text = Printed(OutputFormat::kIds, [](const Printer& p) {
    p.PrintRegistered(SampleRegistered(), std::nullopt);
  });

  EXPECT_EQ(text, std::string(kSampleId) + "\n");
}

TEST(PrintNextStep, IsForPeopleAtATerminalOnly) {
  const auto step = [](const Printer& p) { p.PrintNextStep("Next:", "runnersctl list"); };

  EXPECT_EQ(Printed(OutputFormat::kTable, step, Audience::kTerminal),
            "\nNext:\n  runnersctl list\n");
  EXPECT_EQ(Printed(OutputFormat::kTable, step, Audience::kPipe), "");
  EXPECT_EQ(Printed(OutputFormat::kJson, step, Audience::kTerminal), "");
  EXPECT_EQ(Printed(OutputFormat::kIds, step, Audience::kTerminal), "");
}

TEST(PrintEnrolled, NeverShowsTheIdentity) {
  const client::EnrolledIdentity identity{
      .identity_json = "private-key", .service_name = "runner-1", .overlay_identity_id = "abc"};

  for (const OutputFormat format :
       {OutputFormat::kTable, OutputFormat::kJson, OutputFormat::kIds}) {
    const std::string text =
        Printed(format, [&](const Printer& p) { p.PrintEnrolled(identity, "identity.json"); });

    EXPECT_THAT(text, HasSubstr("abc"));
    EXPECT_THAT(text, Not(HasSubstr("private-key")));
  }
}

TEST(PrintSelected, SaysHowManyQualifyWhenThatIsKnown) {
  const auto selected = [](std::optional<std::int64_t> count) {
    return Printed(OutputFormat::kTable, [&](const Printer& p) {
      p.PrintSelected({SampleRunner(), count});
    });
  };

  EXPECT_THAT(selected(3), HasSubstr("One of 3 that qualify.\n"));
  EXPECT_THAT(selected(std::nullopt), Not(HasSubstr("qualify")));
}

TEST(PrintGrantChange, IsASentenceForPeople) {
  const auto sentence = [](GrantChange change) {
    return Printed(OutputFormat::kTable,
                   [&](const Printer& p) { p.PrintGrantChange(change, SampleGrant()); });
  };
  const std::string object = "owner of organization:7d3f1f8e-5c1b-4a57-9b57-0b8f6f1d2c11.\n";

  EXPECT_EQ(sentence(GrantChange::kGranted), std::string(kSampleId) + " is " + object);
  EXPECT_EQ(sentence(GrantChange::kRevoked), std::string(kSampleId) + " is no longer " + object);
}

TEST(PrintGrants, ShowsAWholeObject) {
  const std::string text =
      Printed(OutputFormat::kTable, [](const Printer& p) { p.PrintGrants({SampleGrant()}); });

  EXPECT_THAT(text, HasSubstr("owner     organization:7d3f1f8e-5c1b-4a57-9b57-0b8f6f1d2c11  2026"));
}

TEST(Printer, WhatAServerSaysCannotActOnATerminal) {
  const Runner runner = SampleRunner("a\x1B[2J\xE2\x80\xAE");

  for (const OutputFormat format : {OutputFormat::kTable, OutputFormat::kJson}) {
    const std::string text = Printed(
        format,
        [&](const Printer& p) {
          p.PrintRunner(runner);
          p.PrintRunners({runner});
        },
        Audience::kTerminal);

    EXPECT_THAT(text, Not(HasSubstr("\x1B")));
    EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
  }
}

}  // namespace
}  // namespace runners::ctl

#include "adapters/system/x509.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/support/certificate_requests.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_ca.h"

namespace runners::system {
namespace {

using runners::testing::FileContent;
using runners::testing::NewRequest;
using runners::testing::RequestKey;
using runners::testing::RequestOfAnotherSigner;
using runners::testing::TestCa;
using runners::testing::WithOneByteMore;

constexpr char kData[] = RUNNERS_SOURCE_DIR "/tests/unit/adapters/openziti/data/";

int CountOf(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST(MakeKeyAndRequest, GivesOnePemBlockOfEach) {
  const std::optional<KeyAndRequest> made = MakeKeyAndRequest("runner-1-g1");

  ASSERT_TRUE(made);
  EXPECT_EQ(made->key_pem.Reveal().rfind("-----BEGIN PRIVATE KEY-----\n", 0), 0U);
  EXPECT_EQ(made->csr_pem.rfind("-----BEGIN CERTIFICATE REQUEST-----\n", 0), 0U);
  const std::string end = "-----END CERTIFICATE REQUEST-----\n";
  EXPECT_EQ(made->csr_pem.find(end), made->csr_pem.size() - end.size());
  EXPECT_NE(made->key_pem.Reveal(), MakeKeyAndRequest("runner-1-g1")->key_pem.Reveal());
}

TEST(MakeKeyAndRequest, LongestGenerationNameFitsAndLongerIsRefused) {
  EXPECT_TRUE(MakeKeyAndRequest(std::string(64, 'n')));
  EXPECT_FALSE(MakeKeyAndRequest(std::string(65, 'n')));
  EXPECT_FALSE(MakeKeyAndRequest(""));
}

TEST(CertificatesOfPkcs7, BundlesOfRealControllersAreRead) {
  for (const char* file : {"cacerts-1.6.20.txt", "cacerts-2.0.3.txt"}) {
    const std::optional<std::string> pem =
        CertificatesOfPkcs7(FileContent(std::string(kData) + file));

    ASSERT_TRUE(pem) << file;
    EXPECT_EQ(CountOf(*pem, "-----BEGIN CERTIFICATE-----\n"), 2) << file;
    EXPECT_EQ(CountOf(*pem, "-----END CERTIFICATE-----\n"), 2) << file;
  }
}

TEST(CertificatesOfPkcs7, LineBreaksDoNotMatterAndGarbageIsNothing) {
  const std::string lines = FileContent(std::string(kData) + "cacerts-2.0.3.txt");
  std::string one_line = lines;
  std::erase(one_line, '\n');

  EXPECT_EQ(CertificatesOfPkcs7(one_line), CertificatesOfPkcs7(lines));
  EXPECT_FALSE(CertificatesOfPkcs7(""));
  EXPECT_FALSE(CertificatesOfPkcs7("<html>"));
  EXPECT_FALSE(CertificatesOfPkcs7("AAAA"));
  EXPECT_FALSE(CertificatesOfPkcs7(one_line.substr(0, 400)));
}

TEST(JudgeRequest, OwnRequestsAndThoseOverEveryGoodKindOfKeyAreGood) {
  EXPECT_EQ(JudgeRequest(MakeKeyAndRequest("runner")->csr_pem), RequestVerdict::kGood);
  for (const RequestKey kind : {RequestKey::kP256, RequestKey::kP384, RequestKey::kRsa2048}) {
    EXPECT_EQ(JudgeRequest(NewRequest(kind).csr_pem), RequestVerdict::kGood)
        << static_cast<int>(kind);
  }
}

TEST(JudgeRequest, EveryOtherKindOfKeyIsUnsuitable) {
  for (const RequestKey kind :
       {RequestKey::kP521, RequestKey::kP256Explicit, RequestKey::kRsa1024, RequestKey::kEd25519}) {
    EXPECT_EQ(JudgeRequest(NewRequest(kind).csr_pem), RequestVerdict::kUnsuitableKey)
        << static_cast<int>(kind);
  }
}

TEST(JudgeRequest, TheEndOfTheLastLineMayBeMissingAndNothingElseMayDiffer) {
  const std::string good = MakeKeyAndRequest("runner")->csr_pem;
  const std::string without_end = good.substr(0, good.size() - 1);
  std::string with_cr;
  for (const char c : good) with_cr += c == '\n' ? std::string("\r\n") : std::string(1, c);

  EXPECT_EQ(JudgeRequest(without_end), RequestVerdict::kGood);
  for (const std::string& bad :
       {std::string(), std::string("hello"), "\n" + good, good + "\n", good + good, good + "x",
        MakeKeyAndRequest("runner")->key_pem.Reveal(), without_end + " ", with_cr,
        good.substr(0, good.size() / 2)}) {
    EXPECT_EQ(JudgeRequest(bad), RequestVerdict::kNotOneBlock) << bad;
  }
}

TEST(JudgeRequest, ABlockThatHoldsNoRequestOrMoreIsUnreadable) {
  const std::string good = MakeKeyAndRequest("runner")->csr_pem;
  const std::string begin = "-----BEGIN CERTIFICATE REQUEST-----\n";
  const std::string end = "-----END CERTIFICATE REQUEST-----\n";

  EXPECT_EQ(JudgeRequest(begin + "AAAA\n" + end), RequestVerdict::kUnreadable);
  EXPECT_EQ(JudgeRequest(begin + "no base64!\n" + end), RequestVerdict::kUnreadable);
  EXPECT_EQ(JudgeRequest(begin + good + end), RequestVerdict::kNotOneBlock);
  EXPECT_EQ(JudgeRequest(begin + "Proc-Type: 4,CLEAR\n\n" + good.substr(begin.size())),
            RequestVerdict::kUnreadable);
  EXPECT_EQ(JudgeRequest(WithOneByteMore(good)), RequestVerdict::kUnreadable);
}

TEST(JudgeRequest, SignatureOfAnotherKeyIsBad) {
  EXPECT_EQ(JudgeRequest(RequestOfAnotherSigner()), RequestVerdict::kBadSignature);
}

TEST(JudgeRequest, MoreThan16KibIsTooLarge) {
  EXPECT_EQ(JudgeRequest(std::string(kMaxCertificateRequestBytes, 'x')),
            RequestVerdict::kNotOneBlock);
  EXPECT_EQ(JudgeRequest(std::string(kMaxCertificateRequestBytes + 1, 'x')),
            RequestVerdict::kTooLarge);
}

TEST(JudgeCertificate, OwnKeyAndTrustedIssuerFits) {
  const TestCa ca("one");
  const KeyAndRequest made = *MakeKeyAndRequest("runner");
  const std::string leaf = ca.SignRequest(made.csr_pem);
  const absl::Time now = absl::Now();

  EXPECT_EQ(JudgeCertificate(leaf, made.csr_pem, ca.certificate_pem(), now),
            CertificateVerdict::kFits);
  EXPECT_EQ(JudgeCertificate(leaf, MakeKeyAndRequest("runner")->csr_pem, ca.certificate_pem(), now),
            CertificateVerdict::kOtherKey);
  EXPECT_EQ(JudgeCertificate(leaf, made.csr_pem, TestCa("two").certificate_pem(), now),
            CertificateVerdict::kUntrusted);
}

TEST(JudgeCertificate, ExpiredIsUntrustedAndClocksMayDiffer) {
  const TestCa ca("one");
  const KeyAndRequest made = *MakeKeyAndRequest("runner");
  const absl::Time now = absl::Now();

  EXPECT_EQ(JudgeCertificate(ca.SignRequest(made.csr_pem), made.csr_pem, ca.certificate_pem(),
                             now + absl::Hours(2)),
            CertificateVerdict::kUntrusted);
  EXPECT_EQ(
      JudgeCertificate(ca.SignRequest(made.csr_pem, 60), made.csr_pem, ca.certificate_pem(), now),
      CertificateVerdict::kFits);
}

TEST(JudgeCertificate, WhatIsNoPemIsUnreadable) {
  const TestCa ca("one");
  const KeyAndRequest made = *MakeKeyAndRequest("runner");
  const std::string leaf = ca.SignRequest(made.csr_pem);
  const absl::Time now = absl::Now();
  const std::string broken = leaf + leaf.substr(0, leaf.size() / 2);

  EXPECT_EQ(JudgeCertificate("", made.csr_pem, ca.certificate_pem(), now),
            CertificateVerdict::kUnreadable);
  EXPECT_EQ(JudgeCertificate(broken, made.csr_pem, ca.certificate_pem(), now),
            CertificateVerdict::kUnreadable);
  EXPECT_EQ(JudgeCertificate(leaf, "no request", ca.certificate_pem(), now),
            CertificateVerdict::kUnreadable);
  EXPECT_EQ(JudgeCertificate(leaf, made.csr_pem, "nothing", now), CertificateVerdict::kUnreadable);
}

TEST(JudgeCertificate, CertificateOfARealControllerIsOverAnotherKey) {
  const std::string chain = FileContent(std::string(kData) + "enrolled-2.0.3.pem");
  const std::optional<std::string> bundle =
      CertificatesOfPkcs7(FileContent(std::string(kData) + "cacerts-2.0.3.txt"));

  EXPECT_EQ(JudgeCertificate(chain, MakeKeyAndRequest("r")->csr_pem, *bundle, absl::Now()),
            CertificateVerdict::kOtherKey);
}

}  // namespace
}  // namespace runners::system

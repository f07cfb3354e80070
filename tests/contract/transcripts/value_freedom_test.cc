#include "tests/contract/transcripts/value_freedom.h"

#include <gtest/gtest.h>

#include "adapters/system/x509.h"
#include "tests/support/test_ca.h"

namespace runners::testing {
namespace {

using nlohmann::json;

TEST(ValueFreedom, UnnamedKeyLeavesNone) {
  EXPECT_EQ(FreedomOf("name"), Freedom::kNone);
  EXPECT_EQ(FreedomOf("roleAttributes"), Freedom::kNone);
  EXPECT_EQ(FreedomOf("id"), Freedom::kId);
}

TEST(ValueFreedom, InstantHasMilliseconds) {
  EXPECT_TRUE(IsInstant("2026-11-22T09:44:16.132Z"));
  EXPECT_FALSE(IsInstant("2026-11-22T09:44:16Z"));
  EXPECT_FALSE(IsInstant("2026-11-22 09:44:16.132"));
}

TEST(ValueFreedom, Sha1IsInLowerCase) {
  EXPECT_TRUE(IsSha1("31db57cc7e3630cad86069f4cd6d7e53bbe7081b"));
  EXPECT_FALSE(IsSha1("31DB57CC7E3630CAD86069F4CD6D7E53BBE7081B"));
  EXPECT_FALSE(IsSha1("31db57cc"));
}

TEST(JwtFacts, AreHeaderClaimsAndSizeOfTheSignature) {
  // {"alg":"ES256"} . {"sub":"a?"} . four bytes
  EXPECT_EQ(JwtFacts("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhPyJ9.-_-_AA"),
            json::parse(R"({"header":{"alg":"ES256"},"claims":{"sub":"a?"},"signatureBytes":4})"));
}

TEST(JwtFacts, OfAnythingElseAreNull) {
  EXPECT_TRUE(JwtFacts("").is_null());
  EXPECT_TRUE(JwtFacts("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhPyJ9").is_null());
  EXPECT_TRUE(JwtFacts("e.e.e").is_null());
  EXPECT_TRUE(JwtFacts("!!!!.eyJzdWIiOiJhPyJ9.AAAA").is_null());
}

TEST(CertificateFacts, SayWhatALeafIsFor) {
  const TestCa ca("somebody");
  const std::string leaf = ca.SignRequest(system::MakeKeyAndRequest("r")->csr_pem);

  const json facts = CertificateFacts(leaf + ca.certificate_pem());

  EXPECT_EQ(facts["count"], 2);
  EXPECT_EQ(facts["issuersAreCas"], true);
  EXPECT_EQ(facts["leaf"]["commonName"], "r");
  EXPECT_EQ(facts["leaf"]["isForClients"], true);
  EXPECT_EQ(facts["leaf"]["isCa"], false);
  EXPECT_EQ(facts["leaf"]["uris"], json::array());
}

TEST(CertificateFacts, LeafThatIsNoCaIssuesNothing) {
  const TestCa ca("somebody");
  const std::string leaf = ca.SignRequest(system::MakeKeyAndRequest("r")->csr_pem);

  EXPECT_EQ(CertificateFacts(leaf + leaf)["issuersAreCas"], false);
}

TEST(CertificateFacts, OfNoCertificateAreNull) {
  EXPECT_TRUE(CertificateFacts("hello").is_null());
}

TEST(BundleFacts, OfNoBundleAreNull) {
  EXPECT_TRUE(BundleFacts("hello").is_null());
}

}  // namespace
}  // namespace runners::testing

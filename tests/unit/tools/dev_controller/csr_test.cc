#include "tools/dev_controller/csr.h"

#include <gtest/gtest.h>

#include "adapters/system/x509.h"

namespace dev_controller {
namespace {

constexpr char kNotPem[] = "could not decode csrPem as PEM";
constexpr char kMore[] = "unexpected PEM blocks at end of CSR";

std::string GoodPem() {
  return runners::system::MakeKeyAndRequest("runner").value().csr_pem;
}

// "" when it is read.
std::string Objection(const std::string& pem) {
  const auto read = ReadCsr(pem);
  const auto* refusal = std::get_if<CsrRefusal>(&read);
  return refusal == nullptr ? "" : refusal->reason;
}

TEST(Csr, OneBlockIsRead) {
  const std::string pem = GoodPem();
  EXPECT_EQ(Objection(pem), "");
  EXPECT_EQ(Objection("some text before\n" + pem), "");
  EXPECT_EQ(Objection(pem.substr(0, pem.size() - 1)), "") << "without the end of the last line";
}

TEST(Csr, AnythingBehindTheBlockIsRefused) {
  const std::string pem = GoodPem();
  for (const char* more : {"junk", "\n", " \n"}) EXPECT_EQ(Objection(pem + more), kMore) << more;
  EXPECT_EQ(Objection(pem + pem), kMore);
}

TEST(Csr, TextThatIsNoPemIsRefused) {
  for (const char* text :
       {"", "hello", "-----BEGIN CERTIFICATE REQUEST-----\n",
        "-----BEGIN CERTIFICATE REQUEST-----\n!\n-----END CERTIFICATE REQUEST-----\n",
        "-----BEGIN CERTIFICATE REQUEST-----\n\n-----END CERTIFICATE REQUEST-----\n"}) {
    EXPECT_EQ(Objection(text), kNotPem) << text;
  }
}

TEST(Csr, PemOfSomethingElseIsRefused) {
  const std::string text =
      "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n";
  EXPECT_NE(Objection(text), "");
}

TEST(Csr, SignatureMustFitTheKey) {
  std::string pem = GoodPem();
  // The signature is at the end of the structure.
  const std::size_t last = pem.find("\n-----END") - 8;
  pem[last] = pem[last] == 'A' ? 'B' : 'A';

  EXPECT_NE(Objection(pem), "");
}

}  // namespace
}  // namespace dev_controller

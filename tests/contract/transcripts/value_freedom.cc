#include "tests/contract/transcripts/value_freedom.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <regex>
#include <sstream>
#include <vector>

#include "adapters/system/x509.h"
#include "tests/support/test_ca.h"

namespace runners::testing {
namespace {

using nlohmann::json;

struct KeyFreedom {
  std::string_view key;
  Freedom freedom;
};

constexpr std::array kFreedoms = {
    KeyFreedom{"id", Freedom::kId},
    KeyFreedom{"identityId", Freedom::kId},
    KeyFreedom{"authenticatorId", Freedom::kId},
    KeyFreedom{"token", Freedom::kId},
    KeyFreedom{"createdAt", Freedom::kInstant},
    KeyFreedom{"updatedAt", Freedom::kInstant},
    KeyFreedom{"expiresAt", Freedom::kInstant},
    KeyFreedom{"lastActivityAt", Freedom::kInstant},
    KeyFreedom{"cachedLastActivityAt", Freedom::kInstant},
    KeyFreedom{"fingerprint", Freedom::kSha1},
    KeyFreedom{"kid", Freedom::kSha1},  // of a JWT
    KeyFreedom{"requestId", Freedom::kAny},
    KeyFreedom{"version", Freedom::kAny},
    KeyFreedom{"buildDate", Freedom::kAny},
    KeyFreedom{"revision", Freedom::kAny},
    KeyFreedom{"runtimeVersion", Freedom::kAny},
    KeyFreedom{"tls", Freedom::kAny},    // where an edge router listens
    KeyFreedom{"iss", Freedom::kAny},    // of a JWT: a host
    KeyFreedom{"ctrls", Freedom::kAny},  // of a JWT: hosts
    KeyFreedom{"exp", Freedom::kAny},    // of a JWT
    KeyFreedom{"jwt", Freedom::kJwt},
    KeyFreedom{"cert", Freedom::kCertificates},
    KeyFreedom{"certPem", Freedom::kCertificates},
    KeyFreedom{"filterableFields", Freedom::kOrder},
};

// One part of a JWT (RFC 7515, 2).
std::optional<std::string> Base64UrlDecoded(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0 || static_cast<std::size_t>(size) < padding) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::vector<X509Ptr> CertificatesOf(const std::string& pem) {
  std::vector<X509Ptr> certificates;
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  while (X509* certificate = PEM_read_bio_X509(in, nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  BIO_free_all(in);
  ERR_clear_error();  // the end of the text is an error to OpenSSL
  return certificates;
}

std::string CommonName(X509* certificate) {
  char text[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof(text));
  return text;
}

// The URIs a certificate is for, without their hosts.
std::vector<std::string> Uris(X509* certificate) {
  static const std::regex kHost("://[^/]*");
  std::vector<std::string> uris;
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    const auto* text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri));
    const std::string whole(text, static_cast<std::size_t>(ASN1_STRING_length(uri)));
    uris.push_back(std::regex_replace(whole, kHost, "://*"));
  }
  GENERAL_NAMES_free(names);
  return uris;
}

bool AreAllCas(const std::vector<X509Ptr>& certificates, std::size_t from) {
  return std::all_of(certificates.begin() + static_cast<std::ptrdiff_t>(from), certificates.end(),
                     [](const X509Ptr& one) { return X509_check_ca(one.get()) == 1; });
}

}  // namespace

Freedom FreedomOf(std::string_view key) {
  const auto* found = std::find_if(kFreedoms.begin(), kFreedoms.end(),
                                   [&](const KeyFreedom& row) { return row.key == key; });
  return found == kFreedoms.end() ? Freedom::kNone : found->freedom;
}

bool IsWellKnownId(const std::string& id) {
  return id == "default" || id == "Default";
}

bool IsInstant(const std::string& text) {
  static const std::regex kShape(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)");
  return std::regex_match(text, kShape);
}

bool IsSha1(const std::string& text) {
  static const std::regex kShape("[0-9a-f]{40}");
  return std::regex_match(text, kShape);
}

json JwtFacts(const std::string& jwt) {
  std::vector<std::string> parts;
  std::istringstream in(jwt);
  for (std::string part; std::getline(in, part, '.');) {
    const std::optional<std::string> bytes = Base64UrlDecoded(part);
    if (!bytes) return nullptr;
    parts.push_back(*bytes);
  }
  if (parts.size() != 3) return nullptr;
  const json header = json::parse(parts[0], nullptr, /*allow_exceptions=*/false);
  const json claims = json::parse(parts[1], nullptr, /*allow_exceptions=*/false);
  if (!header.is_object() || !claims.is_object()) return nullptr;
  return {{"header", header}, {"claims", claims}, {"signatureBytes", parts[2].size()}};
}

json CertificateFacts(const std::string& pem) {
  const std::vector<X509Ptr> certificates = CertificatesOf(pem);
  if (certificates.empty()) return nullptr;
  X509* leaf = certificates.front().get();
  return {{"count", certificates.size()},
          {"issuersAreCas", AreAllCas(certificates, 1)},
          {"leaf",
           {{"commonName", CommonName(leaf)},
            {"uris", Uris(leaf)},
            {"isCa", X509_check_ca(leaf) != 0},
            {"keyUsage", X509_get_key_usage(leaf)},
            {"isForClients", (X509_get_extended_key_usage(leaf) & XKU_SSL_CLIENT) != 0}}}};
}

json BundleFacts(const std::string& pkcs7) {
  const std::optional<std::string> pem = system::CertificatesOfPkcs7(pkcs7);
  if (!pem) return nullptr;
  std::size_t longest = 0;
  std::istringstream lines(pkcs7);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  const std::vector<X509Ptr> certificates = CertificatesOf(*pem);
  return {{"count", certificates.size()},
          {"areCas", AreAllCas(certificates, 0)},
          {"longestLine", longest},
          {"endsWithNewline", pkcs7.ends_with('\n')}};
}

}  // namespace runners::testing

#include "tools/dev_controller/csr.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace dev_controller {
namespace {

constexpr std::array<std::string_view, 2> kLabels = {"CERTIFICATE REQUEST",
                                                     "NEW CERTIFICATE REQUEST"};
constexpr char kNotPem[] = "could not decode csrPem as PEM";

struct PemBlock {
  std::string_view base64;
  std::string_view rest;  // behind the line with the end
};

std::optional<PemBlock> FirstBlock(std::string_view text) {
  for (const std::string_view label : kLabels) {
    const std::string begin = "-----BEGIN " + std::string(label) + "-----\n";
    const std::string end = "\n-----END " + std::string(label) + "-----";
    const std::size_t start = text.find(begin);
    if (start == std::string_view::npos) continue;
    const std::size_t body = start + begin.size();
    const std::size_t stop = text.find(end, body);
    if (stop == std::string_view::npos) return std::nullopt;
    std::string_view rest = text.substr(stop + end.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r"), rest.size()));
    if (!rest.empty() && rest.front() == '\n') rest.remove_prefix(1);
    return PemBlock{text.substr(body, stop - body), rest};
  }
  return std::nullopt;
}

std::optional<std::vector<unsigned char>> Decoded(std::string_view base64) {
  std::string line(base64);
  std::erase_if(line, [](char c) { return c == '\n' || c == '\r'; });
  if (line.empty() || line.size() % 4 != 0) return std::nullopt;
  std::vector<unsigned char> der(line.size() / 4 * 3);
  const int size = EVP_DecodeBlock(der.data(), reinterpret_cast<const unsigned char*>(line.data()),
                                   static_cast<int>(line.size()));
  if (size <= 0) return std::nullopt;
  const auto padding = std::count(line.end() - 2, line.end(), '=');
  der.resize(static_cast<std::size_t>(size) - static_cast<std::size_t>(padding));
  return der;
}

}  // namespace

std::variant<RequestPtr, CsrRefusal> ReadCsr(std::string_view pem) {
  const std::optional<PemBlock> block = FirstBlock(pem);
  if (!block) return CsrRefusal{kNotPem};
  if (!block->rest.empty()) return CsrRefusal{"unexpected PEM blocks at end of CSR"};
  const std::optional<std::vector<unsigned char>> der = Decoded(block->base64);
  if (!der) return CsrRefusal{kNotPem};

  ERR_clear_error();
  const unsigned char* cursor = der->data();
  RequestPtr request(d2i_X509_REQ(nullptr, &cursor, static_cast<long>(der->size())));
  const bool whole = request && cursor == der->data() + der->size();
  EVP_PKEY* key = whole ? X509_REQ_get0_pubkey(request.get()) : nullptr;
  const bool proven = key != nullptr && X509_REQ_verify(request.get(), key) == 1;
  ERR_clear_error();  // what is left in the queue would be taken for trouble with the TLS
                      // connection
  if (!whole) return CsrRefusal{"the request is not a PKCS#10 structure"};
  if (!proven) return CsrRefusal{"the signature of the request does not fit its key"};
  return request;
}

}  // namespace dev_controller

#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "tools/dev_controller/openssl_handles.h"

namespace dev_controller {

// Why a request for a certificate is refused, in a controller's words where they are known.
struct CsrRefusal {
  std::string reason;
};

// Reads a PKCS#10 request as strictly as a controller does: one PEM block, nothing behind the end
// of its last line, one DER value in it, and a signature that proves the key. Thread-safe.
std::variant<RequestPtr, CsrRefusal> ReadCsr(std::string_view pem);

}  // namespace dev_controller

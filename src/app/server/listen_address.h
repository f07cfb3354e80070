#pragma once

#include <string>

namespace runners::server {

// Whether `text` is HOST:PORT or :PORT with a port from 0 to 65535; an IPv6 host stands in
// brackets. Whether the host exists shows when the server listens there.
bool IsListenAddress(const std::string& text);

// The address a client on this machine calls when a server listens at `address`: one that means
// every interface becomes 127.0.0.1.
std::string CallableAddress(const std::string& address);

}  // namespace runners::server

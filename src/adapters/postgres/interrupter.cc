#include "adapters/postgres/interrupter.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace runners::postgres {

Interrupter::Interrupter(PGconn* connection)
    : cancel_(PQgetCancel(connection)), socket_(fcntl(PQsocket(connection), F_DUPFD_CLOEXEC, 0)) {}

Interrupter::~Interrupter() {
  if (socket_ >= 0) close(socket_);
}

void Interrupter::RequestCancel() const {
  if (cancel_ == nullptr) return;
  std::array<char, 256> error{};  // of no use: the connection is cut off when this did not help
  PQcancel(cancel_.get(), error.data(), static_cast<int>(error.size()));
}

void Interrupter::CutOff() const {
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

}  // namespace runners::postgres

#pragma once

#include <libpq-fe.h>

#include <memory>

namespace runners::postgres {

// The means to end, from another thread, what a connection is doing. It has what it needs of its
// own, so it may outlive the connection: a request that comes too late for it does nothing to any
// other. Thread-safe.
class Interrupter {
 public:
  // `connection` must be open; it is used by this constructor only.
  explicit Interrupter(PGconn* connection);
  ~Interrupter();
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;

  // Asks the server to cancel the statement that runs (PostgreSQL manual 34.7, PQcancel). Blocks
  // until the server has taken the request, which one that is frozen never does. The server may
  // carry it out a moment later: whatever the connection does then is hit by it.
  void RequestCancel() const;

  // Cuts the connection: whoever waits in libpq for the server comes back with a lost connection.
  // Does not block.
  void CutOff() const;

 private:
  struct FreeCancel {
    void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
  };

  const std::unique_ptr<PGcancel, FreeCancel> cancel_;
  const int
      socket_;  // a second descriptor of the connection's socket, so that it is never another's
};

}  // namespace runners::postgres

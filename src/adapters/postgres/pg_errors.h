#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "absl/status/status.h"

#include "runners/error_reason.h"

namespace runners::postgres {

// What an exception of libpqxx means to us. Its text is never used for answers or logs: it repeats
// the data of rows.
struct Failure {
  ErrorReason reason = ErrorReason::kInternal;
  std::string sqlstate;   // five characters, or empty when the server sent none
  std::string_view hint;  // one of a few fixed words on why a connection failed, else empty

  // The connection, and all others to the same server, are of no use any more.
  bool connection_lost() const { return reason == ErrorReason::kDatabaseUnavailable; }
};

// Where the transaction was when it failed.
enum class Stage {
  kBefore,      // connecting or beginning: nothing of the caller's was sent
  kWorking,     // statements were sent, COMMIT was not
  kCommitting,  // COMMIT was sent
};

// Errors of `error`: kCommitInDoubt when the outcome of a COMMIT is not known, kConcurrentUpdate
// (serialization, deadlock), kDatabaseUnavailable (connection, failover, shutdown, too many
// clients, no disk or memory), kLockTimeout, kStatementTimeout, else kInternal.
Failure Classify(const std::exception& error, Stage stage);

// The status of that reason (also kDeadlineExceeded and kCancelled, when we ended the statement),
// with a sentence of ours and, where the trouble passes by itself, a time to retry after.
absl::Status ToStatus(const Failure& failure);

}  // namespace runners::postgres

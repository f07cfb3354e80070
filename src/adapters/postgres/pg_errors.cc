#include "adapters/postgres/pg_errors.h"

#include <pqxx/except>

#include <array>
#include <utility>

#include "absl/time/time.h"

#include "core/support/error.h"

namespace runners::postgres {
namespace {

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// SQLSTATEs: PostgreSQL manual, appendix A.
ErrorReason ReasonOfSqlState(std::string_view sqlstate) {
  if (sqlstate == "55P03") return ErrorReason::kLockTimeout;
  if (sqlstate == "57014") return ErrorReason::kStatementTimeout;
  if (sqlstate == "40003") return ErrorReason::kCommitInDoubt;
  if (StartsWith(sqlstate, "40")) return ErrorReason::kConcurrentUpdate;
  // 25006: the server became a standby. 25P03: idle for too long, and closed. 57P: shut down,
  // starting or dropped.
  if (sqlstate == "25006" || sqlstate == "25P03" || StartsWith(sqlstate, "57P") ||
      StartsWith(sqlstate, "08") || StartsWith(sqlstate, "53")) {
    return ErrorReason::kDatabaseUnavailable;
  }
  return ErrorReason::kInternal;
}

// Why a connection could not be made, for operators. Only these words leave this function, never
// the text itself.
std::string_view ConnectHint(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kHints = {{
      {"authentication failed", "authentication_failed"},
      {"no password supplied", "authentication_failed"},
      {"too many clients", "too_many_clients"},
      {"remaining connection slots", "too_many_clients"},
      {"does not exist", "no_such_database_or_role"},
      {"could not translate host name", "unknown_host"},
      {"timeout expired", "connect_timeout"},
      {"Connection refused", "connection_refused"},
      {"No such file or directory", "no_such_socket"},
  }};
  for (const auto& [phrase, hint] : kHints) {
    if (text.find(phrase) != std::string_view::npos) return hint;
  }
  return "other";
}

// Trouble that passes, with the time a caller best waits.
absl::Status Passing(ErrorReason reason, std::string_view sentence) {
  ErrorDetail detail;
  detail.reason = reason;
  detail.retry_after = absl::Seconds(1);
  return MakeError(std::move(detail), sentence);
}

Failure ClassifyBeforeCommit(const std::exception& error) {
  if (dynamic_cast<const pqxx::in_doubt_error*>(&error) != nullptr ||
      dynamic_cast<const pqxx::statement_completion_unknown*>(&error) != nullptr) {
    return {ErrorReason::kCommitInDoubt, {}, {}};
  }
  if (dynamic_cast<const pqxx::transaction_rollback*>(&error) != nullptr) {
    return {ErrorReason::kConcurrentUpdate, {}, {}};  // carries no sqlstate in this libpqxx
  }
  if (dynamic_cast<const pqxx::broken_connection*>(&error) != nullptr) {
    return {ErrorReason::kDatabaseUnavailable, {}, ConnectHint(error.what())};
  }
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error)) {
    return {ReasonOfSqlState(sql->sqlstate()), sql->sqlstate(), {}};
  }
  return {};
}

}  // namespace

Failure Classify(const std::exception& error, Stage stage) {
  Failure failure = ClassifyBeforeCommit(error);
  if (stage != Stage::kCommitting) return failure;
  // A COMMIT that was refused says why, with a sqlstate. Anything else leaves it open whether it
  // was made.
  const bool refused = failure.reason == ErrorReason::kConcurrentUpdate ||
                       (!failure.sqlstate.empty() && !failure.connection_lost());
  if (!refused) failure.reason = ErrorReason::kCommitInDoubt;
  return failure;
}

absl::Status ToStatus(const Failure& failure) {
  switch (failure.reason) {
    case ErrorReason::kCommitInDoubt:
      return MakeError(failure.reason,
                       "the connection to the database was lost during the commit; the change may "
                       "or may not have been made");
    case ErrorReason::kConcurrentUpdate:
      return MakeError(failure.reason, "other changes got in the way; nothing was changed");
    case ErrorReason::kDatabaseUnavailable:
      return Passing(failure.reason, "the database is not available");
    case ErrorReason::kLockTimeout:
      return Passing(failure.reason, "a row stayed locked for too long; nothing was changed");
    case ErrorReason::kStatementTimeout:
      return MakeError(failure.reason, "a database statement took too long and was cancelled");
    case ErrorReason::kDeadlineExceeded:
      return MakeError(failure.reason,
                       "the deadline passed before the database had answered; nothing was changed");
    case ErrorReason::kCancelled:
      return MakeError(failure.reason, "the caller went away; nothing was changed");
    default:
      return MakeError(ErrorReason::kInternal, "the database refused a statement");
  }
}

}  // namespace runners::postgres

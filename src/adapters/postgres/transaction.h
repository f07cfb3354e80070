#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <pqxx/pqxx>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "adapters/postgres/connection_pool.h"
#include "adapters/postgres/pg_errors.h"
#include "adapters/system/log.h"
#include "core/ports/call.h"
#include "core/ports/clock.h"
#include "core/support/error.h"

namespace runners::postgres {

// Runs bodies against the database: the one place that begins, commits, repeats and catches what
// libpqxx throws. Thread-safe.
//
// A body gets a transaction and returns absl::Status or absl::StatusOr<T>; an error rolls
// everything back. It may run more than once (conflicts: up to three more times; a connection that
// had died unnoticed: once more), so it must have no effect but on the database and its result. Its
// statements are parameterised, and prepared when the pool says so (statements.h).
//
// Returns within a moment (Watchdog::kGrace) of the call's deadline, or of the caller's going away,
// whatever the database does; what was begun is rolled back. Only a COMMIT that was sent is waited
// for until the deadline, also when nobody waits for the answer.
//
// Errors of every method besides the body's own: kDeadlineExceeded and kCancelled (nothing was
// changed), kDatabaseUnavailable, kLockTimeout, kStatementTimeout, kConcurrentUpdate, kInternal; of
// Write also kCommitInDoubt, which is never repeated.
class Transactor {
 public:
  // Everything given must outlive this.
  Transactor(ConnectionPool& pool, const Clock& clock, system::Log& log)
      : pool_(pool), clock_(clock), log_(log) {}

  // One read-write transaction. Each statement may take no longer than the pool's statement
  // timeout.
  template <typename Body>
  auto Write(const Call& call, const Body& body) {
    return Typed(call, Access::kWrite, body);
  }

  // Statements that only read, each on its own (use one when they must agree): saves two round
  // trips. All of them together may take no longer than the pool's statement timeout.
  template <typename Body>
  auto Read(const Call& call, const Body& body) {
    return Typed(call, Access::kRead, body);
  }

  // OK when the database answers and takes writes. One that takes none makes the pool forget its
  // connections.
  absl::Status Ping(absl::Time deadline);

 private:
  enum class Access { kRead, kWrite };
  enum class Repeat { kNever, kOnFreshConnection, kAfterPause };
  using AnyBody = std::function<absl::Status(pqxx::transaction_base&)>;

  struct Outcome {
    absl::Status status;
    Repeat repeat = Repeat::kNever;
  };

  static const absl::Status& StatusOf(const absl::Status& status) { return status; }
  template <typename T>
  static const absl::Status& StatusOf(const absl::StatusOr<T>& value) {
    return value.status();
  }

  template <typename Body>
  std::invoke_result_t<Body, pqxx::transaction_base&> Typed(const Call& call, Access access,
                                                            const Body& body) {
    using Result = std::invoke_result_t<Body, pqxx::transaction_base&>;
    std::optional<Result> result;
    absl::Status status = Run(call, access, [&](pqxx::transaction_base& transaction) {
      result.emplace(body(transaction));
      return StatusOf(*result);
    });
    if (!status.ok()) return status;
    return *std::move(result);
  }

  absl::Status Run(const Call& call, Access access, const AnyBody& body);
  Outcome RunOnce(const Call& call, Access access, const AnyBody& body);
  Outcome RunOn(ConnectionPool::Lease& lease, const Call& call, Access access, const AnyBody& body);
  absl::Status RunStages(const Call& call, Connection& connection, Watchdog::Watch& watch,
                         const AnyBody& body, Stage& stage);
  Patience PatienceOf(const Call& call, Access access) const;
  Repeat RepeatAfter(const Failure& failure, Access access, Stage stage, bool reused) const;
  void Report(const Call& call, const Failure& failure);

  ConnectionPool& pool_;
  const Clock& clock_;
  system::Log& log_;
};

}  // namespace runners::postgres

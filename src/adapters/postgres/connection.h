#pragma once

#include <map>
#include <memory>
#include <string>

#include <pqxx/pqxx>

#include "adapters/postgres/interrupter.h"

namespace runners::postgres {

// How statements are sent. kPrepared: each is prepared at its first use on a connection, which
// saves the server its planning; a pooler that gives a connection to others between transactions
// does not bear it.
enum class StatementUse { kUnprepared, kPrepared };

// A connection that is made once: when it is lost it stays lost, where those of libpqxx connect
// again by themselves, for as long as it takes. Its notices go nowhere: libpq prints them on
// stderr, with the data of rows in them. Used by one thread at a time.
class Connection final : public pqxx::connection_base {
 public:
  // Connects, which blocks for as long as the connection string says. Throws what pqxx throws when
  // that fails.
  Connection(const std::string& connection_string, StatementUse statement_use);
  ~Connection() noexcept;

  // Shared: a cancel request that a frozen server does not take may outlive the connection.
  const std::shared_ptr<const Interrupter>& interrupter() const { return policy_.interrupter(); }

  // The name under which `statement`, a string that lives as long as the program, is prepared; null
  // when statements are not.
  const std::string* PreparedName(const char* statement);

 private:
  // Where libpqxx asks for the connection of libpq.
  class ConnectOnce final : public pqxx::connectionpolicy {
   public:
    using connectionpolicy::connectionpolicy;

    handle do_startconnect(handle connection) override;
    handle do_dropconnect(handle connection) noexcept override;

    const std::shared_ptr<const Interrupter>& interrupter() const { return interrupter_; }

   private:
    std::shared_ptr<const Interrupter> interrupter_;  // null until it was connected
  };

  ConnectOnce policy_;
  std::unique_ptr<pqxx::quiet_errorhandler> quiet_;
  const StatementUse statement_use_;
  std::map<const char*, std::string> prepared_;
};

}  // namespace runners::postgres

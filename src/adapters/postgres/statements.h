#pragma once

#include <string>
#include <utility>

#include <pqxx/pqxx>

#include "adapters/postgres/connection.h"

namespace runners::postgres {

// Runs a statement with its parameters, prepared when that is how the connection uses statements.
// `transaction` must be one of Transactor's, whose connections are ours; `statement` must live as
// long as the program: those of the sql_*.h files do. Throws what pqxx throws.
template <typename... Arguments>
pqxx::result Execute(pqxx::transaction_base& transaction, const char* statement,
                     Arguments&&... arguments) {
  const std::string* const name =
      static_cast<Connection&>(transaction.conn()).PreparedName(statement);
  if (name == nullptr) {
    return transaction.exec_params(statement, std::forward<Arguments>(arguments)...);
  }
  return transaction.exec_prepared(*name, std::forward<Arguments>(arguments)...);
}

}  // namespace runners::postgres

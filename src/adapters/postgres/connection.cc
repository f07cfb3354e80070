#include "adapters/postgres/connection.h"

namespace runners::postgres {

Connection::Connection(const std::string& connection_string, StatementUse statement_use)
    : connection_base(policy_), policy_(connection_string), statement_use_(statement_use) {
  init();
  quiet_ = std::make_unique<pqxx::quiet_errorhandler>(*this);
}

Connection::~Connection() noexcept {
  close();
}

const std::string* Connection::PreparedName(const char* statement) {
  if (statement_use_ == StatementUse::kUnprepared) return nullptr;
  const auto found = prepared_.find(statement);
  if (found != prepared_.end()) return &found->second;
  std::string name = "runners_" + std::to_string(prepared_.size());
  prepare(name, statement);
  return &prepared_.emplace(statement, std::move(name)).first->second;
}

Connection::ConnectOnce::handle Connection::ConnectOnce::do_startconnect(handle connection) {
  if (connection != nullptr) return connection;
  if (interrupter_ != nullptr) throw pqxx::broken_connection("the connection was lost");
  connection = normalconnect(nullptr);
  interrupter_ = std::make_shared<const Interrupter>(connection);
  return connection;
}

Connection::ConnectOnce::handle Connection::ConnectOnce::do_dropconnect(
    handle connection) noexcept {
  if (connection != nullptr) PQfinish(connection);  // libpqxx would ask it to connect again
  return nullptr;
}

}  // namespace runners::postgres

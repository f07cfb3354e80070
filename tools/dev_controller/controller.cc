#include "tools/dev_controller/controller.h"

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/identities.h"
#include "tools/dev_controller/ids.h"
#include "tools/dev_controller/routers.h"
#include "tools/dev_controller/routes.h"

namespace dev_controller {
namespace {

using nlohmann::json;

constexpr char kAuthorityRow[] = "authority";
constexpr char kPortsRow[] = "ports";
constexpr char kBundlePath[] = "/.well-known/est/cacerts";

Authority AuthorityOf(Store& store) {
  const Store::Row* saved = store.Find(Table::kSettings, kAuthorityRow);
  if (saved != nullptr) return Authority(*saved);
  Authority made = Authority::Make();
  store.Put(Table::kSettings, kAuthorityRow, made.ToJson());
  store.Commit();
  return made;
}

// One line a request: without the query, which may hold a token, and without what would break it.
void LogRequest(const Call& call, int status) {
  std::string path = call.path;
  std::replace_if(
      path.begin(), path.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  std::fprintf(stderr, "%s %s %d\n", call.method.c_str(), path.c_str(), status);
}

bool IsUnder(const std::string& path, const std::string& prefix) {
  return path == prefix || path.starts_with(prefix + "/");
}

Reply Whole(Answer answer) {
  return {std::move(answer), Delivery::kWhole};
}

// Nothing is put away, and nobody is answered any more.
[[noreturn]] void DieAsIfKilled() {
  raise(SIGKILL);
  std::abort();  // never reached: the signal cannot be caught
}

}  // namespace

Controller::Controller(Settings settings)
    : settings_(std::move(settings)),
      store_(settings_.state_dir + "/state.jsonl"),
      authority_(AuthorityOf(store_)),
      world_{settings_, addresses_, authority_, store_},
      sessions_(world_),
      management_(world_, sessions_),
      client_(world_, sessions_, record_),
      dev_(world_, sessions_, record_, faults_,
           [this](const std::string& listener, bool foreign) { ShowForeign(listener, foreign); }) {
  EnsureAdmin(world_);
  if (store_.rows(Table::kRouters).empty()) {
    Routers(world_).Add("development-router");
    store_.Commit();
  }
  WriteCaFile();
  const std::string instance = NewSessionId();
  const auto listen = [&](Side side) {
    return std::make_unique<Listener>(authority_.server(), PortFor(side), instance,
                                      [this, side](const Call& call) { return Serve(side, call); });
  };
  management_listener_ = listen(Side::kManagement);
  client_listener_ = listen(Side::kClient);
  const std::string host = "https://127.0.0.1:";
  addresses_.management_root = host + std::to_string(management_listener_->port());
  addresses_.client_root = host + std::to_string(client_listener_->port());
  RememberPorts();
  management_listener_->Start();
  client_listener_->Start();
}

std::string Controller::ca_file() const {
  return settings_.state_dir + "/ca.pem";
}

void Controller::End() {
  mutex_.lock();
  std::_Exit(EXIT_SUCCESS);
}

// What was asked for, or else what it was the last time, or else any.
Listener::Port Controller::PortFor(Side side) const {
  const bool management = side == Side::kManagement;
  const int wanted = management ? settings_.management_port : settings_.client_port;
  if (wanted > 0) return {wanted, /*fallback=*/false};
  const Store::Row* ports = store_.Find(Table::kSettings, kPortsRow);
  if (ports == nullptr) return {};
  return {ports->value(management ? "management" : "client", 0), /*fallback=*/true};
}

void Controller::RememberPorts() {
  store_.Put(Table::kSettings, kPortsRow,
             {{"management", management_listener_->port()}, {"client", client_listener_->port()}});
  store_.Commit();
}

void Controller::WriteCaFile() const {
  const std::string fresh = ca_file() + ".new";
  std::ofstream stream(fresh, std::ios::trunc);
  stream << authority_.BundlePem();
  stream.close();
  if (!stream) throw std::runtime_error("cannot write " + ca_file());
  std::filesystem::rename(fresh, ca_file());
}

Listener& Controller::ListenerOf(Side side) {
  return side == Side::kClient ? *client_listener_ : *management_listener_;
}

void Controller::ShowForeign(const std::string& listener, bool foreign) {
  ListenerOf(listener == "client" ? Side::kClient : Side::kManagement).ShowForeign(foreign);
}

Reply Controller::Serve(Side side, const Call& call) noexcept {
  Reply reply;
  try {
    const std::optional<Fault> fault =
        IsUnder(call.path, kDevPath) ? std::nullopt : faults_.Take(call.method, call.path);
    reply = fault ? ServeWithFault(side, call, *fault) : Whole(ServeAlone(side, call));
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "failed: %s\n", failure.what());
    reply = Whole(Broken().ToAnswer());
  }
  LogRequest(call, reply.delivery == Delivery::kNever ? 0 : reply.answer.status);
  return reply;
}

Reply Controller::ServeWithFault(Side side, const Call& call, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kOverload:
      return Whole(Busy().ToAnswer());
    case FaultKind::kServerError:
      return Whole(Broken().ToAnswer());
    case FaultKind::kTimeoutBefore:
      return Whole(TimedOut().ToAnswer());
    case FaultKind::kDropBefore:
      return {{}, Delivery::kNever};
    case FaultKind::kForeignCertificate:
      ListenerOf(side).ShowForeign(true);
      return {{}, Delivery::kNever};
    case FaultKind::kExitBefore:
      DieAsIfKilled();
    case FaultKind::kStall:
      std::this_thread::sleep_for(absl::ToChronoMilliseconds(fault.wait));
      break;
    case FaultKind::kExpiredSession:
      EndSession(call.session);
      break;
    case FaultKind::kTimeoutAfter:
    case FaultKind::kDropAfter:
    case FaultKind::kExitAfter:
    case FaultKind::kGarbage:
    case FaultKind::kTruncated:
      break;
  }
  Answer answer = ServeAlone(side, call);
  if (fault.kind == FaultKind::kExitAfter) DieAsIfKilled();
  if (fault.kind == FaultKind::kTimeoutAfter) return Whole(TimedOut().ToAnswer());
  if (fault.kind == FaultKind::kDropAfter) return {{}, Delivery::kNever};
  if (fault.kind == FaultKind::kTruncated) return {std::move(answer), Delivery::kTruncated};
  if (fault.kind == FaultKind::kGarbage) answer.body = "<html>{\"data\":{\"id";
  return Whole(std::move(answer));
}

Answer Controller::ServeAlone(Side side, const Call& call) {
  const std::lock_guard<std::mutex> lock(mutex_);
  try {
    Answer answer = Route(side, call);
    store_.Commit();
    return answer;
  } catch (const Refusal& refusal) {
    store_.Rollback();
    return refusal.ToAnswer();
  } catch (...) {
    store_.Rollback();
    throw;
  }
}

Answer Controller::Route(Side side, const Call& call) {
  const bool management = side == Side::kManagement;
  if (call.path == kBundlePath)
    return Dispatch(call, {{"GET", [&] { return BundleAnswer(world_); }}});
  if (management && IsUnder(call.path, kManagementPath)) return management_.Serve(call);
  if (management && IsUnder(call.path, kDevPath)) return dev_.Serve(call);
  if (!management && IsUnder(call.path, kClientPath)) return client_.Serve(call);
  NoSuchPath(call);
}

void Controller::EndSession(const std::string& token) {
  const std::lock_guard<std::mutex> lock(mutex_);
  sessions_.End(token);
  store_.Commit();
}

}  // namespace dev_controller

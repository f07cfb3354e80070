#include "tests/functional/deadlines/every_rpc.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <nlohmann/json.hpp>

#include "absl/time/clock.h"

#include "adapters/system/crypto.h"
#include "agynio/api/runners/v1/runners.pb.h"
#include "tests/support/installation_calls.h"
#include "tests/support/rpc_call.h"

namespace runners::testing {
namespace {

namespace pb = agynio::api::runners::v1;

constexpr char kService[] = "/agynio.api.runners.v1.RunnersService/";
constexpr char kSomebody[] = "00000000-0000-4000-8000-000000000009";

// The line of the log that says how the call with that id ended; null when there is none yet.
nlohmann::json EndOf(const ServerProcess& server, const std::string& request_id) {
  std::istringstream log(server.log());
  for (std::string line; std::getline(log, line);) {
    if (line.find("rpc.end") == std::string::npos) continue;
    if (line.find(request_id) == std::string::npos) continue;
    return nlohmann::json::parse(line);
  }
  return nullptr;
}

nlohmann::json AwaitEnd(const ServerProcess& server, const std::string& request_id) {
  const absl::Time limit = absl::Now() + absl::Seconds(30);
  while (absl::Now() < limit) {
    nlohmann::json end = EndOf(server, request_id);
    if (!end.is_null()) return end;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw std::runtime_error("the server never ended a call");
}

std::string NewUuid() {
  return system::OsEntropy().NewUuid();
}

// What a process or one of its threads is called.
std::string NameIn(const std::filesystem::path& folder) {
  std::ifstream file(folder / "comm");
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace

EveryRpc::EveryRpc(Installation& installation)
    : installation_(installation),
      channel_(grpc::CreateChannel(installation.replica().address(),
                                   grpc::InsecureChannelCredentials())) {
  const client::Registered registered = RegisterAt(installation, "probed");
  runner_id_ = registered.runner.id.text();
  service_token_ = registered.service_token;
  EnrollAt(installation, service_token_);
}

std::vector<EveryRpc::Probe> EveryRpc::Probes() const {
  pb::RegisterRunnerRequest registering;
  registering.set_name(NewUuid());
  pb::GetRunnerRequest get;
  get.set_id(runner_id_);
  pb::UpdateRunnerRequest update;
  update.set_id(runner_id_);
  update.set_name("probed again");
  pb::DeleteRunnerRequest remove;
  remove.set_id(NewUuid());
  pb::ValidateServiceTokenRequest validate;
  validate.set_token_hash(service_token_);  // its name on the wire
  pb::EnrollRunnerRequest enroll;
  enroll.set_service_token(service_token_);
  pb::SelectRunnerRequest select;
  select.set_organization_id(kAcme);
  pb::PutGrantRequest put;
  put.set_identity_id(kSomebody);
  put.set_relation("member");
  put.set_object("organization:" + std::string(kAcme));
  pb::DeleteGrantRequest take;
  take.set_identity_id(kSomebody);
  take.set_relation("owner");
  take.set_object(put.object());
  return {{"RegisterRunner", registering.SerializeAsString()},
          {"GetRunner", get.SerializeAsString()},
          {"ListRunners", ""},
          {"UpdateRunner", update.SerializeAsString()},
          {"DeleteRunner", remove.SerializeAsString()},
          {"ValidateServiceToken", validate.SerializeAsString()},
          {"EnrollRunner", enroll.SerializeAsString(), false},
          {"SelectRunner", select.SerializeAsString()},
          {"PutGrant", put.SerializeAsString()},
          {"DeleteGrant", take.SerializeAsString()},
          {"ListGrants", ""}};
}

TimedAnswer EveryRpc::Ask(const Probe& probe, absl::Duration timeout) const {
  const std::string request_id = NewUuid();
  From from = Nobody().With("x-request-id", request_id).Within(timeout);
  if (probe.as_admin) from = from.With("x-identity-id", kInstallationAdmin);
  TimedAnswer answer;
  const absl::Time begin = absl::Now();
  answer.status = AskRaw(channel_, kService + probe.method, probe.request, from);
  answer.seen = absl::Now() - begin;
  const nlohmann::json end = AwaitEnd(installation_.replica(), request_id);
  answer.served = absl::Milliseconds(end.at("ms").get<double>());
  answer.reason = end.value("reason", "");
  return answer;
}

std::map<std::string, TimedAnswer> EveryRpc::Call(absl::Duration timeout) const {
  std::map<std::string, TimedAnswer> answers;
  const std::vector<Probe> probes = Probes();
  for (const Probe& probe : probes) answers[probe.method];
  std::vector<std::jthread> callers;
  for (const Probe& probe : probes) {
    callers.emplace_back([&] { answers.at(probe.method) = Ask(probe, timeout); });
  }
  callers.clear();
  return answers;
}

std::size_t ThreadsOf(const ServerProcess& server) {
  const std::filesystem::path process = "/proc/" + std::to_string(server.pid());
  const std::string name = NameIn(process);
  const std::filesystem::directory_iterator tasks(process / "task");
  return static_cast<std::size_t>(std::count_if(
      begin(tasks), end(tasks), [&](const auto& task) { return NameIn(task.path()) == name; }));
}

}  // namespace runners::testing

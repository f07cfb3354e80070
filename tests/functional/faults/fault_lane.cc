#include "tests/functional/faults/fault_lane.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "absl/time/clock.h"

#include "core/support/error.h"
#include "tests/support/overlay_state.h"

namespace runners::testing {
namespace {

using openziti::HttpMethod;

constexpr int kForEver = 1'000'000;  // times
// What a controller does at most before it answers 503, and longer than anybody here waits.
constexpr absl::Duration kStall = absl::Seconds(10);
// What a deed may take, and what it does take when nobody stalls.
constexpr absl::Duration kTimeout = absl::Seconds(8);
constexpr absl::Duration kSoon = absl::Seconds(4);
// The same for those that wait for a stalled answer. Of an enrollment 2 s are kept for its end.
constexpr absl::Duration kShortEnrollment = absl::Seconds(3);
constexpr absl::Duration kShortWork = absl::Seconds(1);
constexpr absl::Duration kSettleLimit = absl::Seconds(20);
constexpr std::chrono::milliseconds kPollInterval{20};
// Longer than the controller keeps a connection that nobody uses.
constexpr std::chrono::milliseconds kIdle{5500};

DevControllerOptions OptionsOf(Ways ways) {
  DevControllerOptions options;
  options.binary = RUNNERS_BINARY_DIR "/dev_controller";
  options.line = ways == Ways::k20 ? "2.0" : "1.6";
  options.oidc_deletes = ways == Ways::k16WithOidc;
  return options;
}

std::string ReasonOf(Ending ending) {
  switch (ending) {
    case Ending::kDone:
      return "";
    case Ending::kUnavailable:
      return "OVERLAY_UNAVAILABLE";
    case Ending::kRejected:
      return "OVERLAY_REJECTED";
  }
  return "";
}

std::string Shown(const std::string& reason) {
  return reason.empty() ? "done" : reason;
}

int CountLogins(const std::vector<std::string>& requests) {
  return static_cast<int>(std::count_if(
      requests.begin(), requests.end(),
      [](const std::string& line) { return line.find("/authenticate ") != std::string::npos; }));
}

// One, and another when the session ends. A log-in that fails is tried as often as any step.
int MostLogins(const Cell& cell) {
  if (cell.idles()) return 0;
  return cell.step.logs_in() ? 3 : 2;
}

void Append(std::vector<std::string>& list, std::vector<std::string> more) {
  for (std::string& text : more) list.push_back(std::move(text));
}

}  // namespace

FaultLane::FaultLane(Ways ways)
    : ways_(ways),
      controller_(OptionsOf(ways)),
      admin_({controller_.management_url(), controller_.client_url(), controller_.ca_file(),
              controller_.username(), controller_.password()}),
      connection_(rig_.database().database().dsn().Reveal()),
      instance_id_(rig_.database().Value("SELECT instance_id FROM settings")) {}

// The pauses of the real one are shortened alike, so that their order stays.
std::unique_ptr<Overlay> FaultLane::NewAdapter() {
  openziti::OpenZitiOptions options;
  options.management_url = controller_.management_url();
  options.client_url = controller_.client_url();
  options.ca_file = controller_.ca_file();
  options.username = controller_.username();
  options.password = controller_.password();
  options.instance_id = instance_id_;
  options.first_repeat_pause = absl::Milliseconds(60);
  options.first_login_pause = absl::Milliseconds(50);
  options.first_refused_login_pause = absl::Milliseconds(200);
  auto made = openziti::OpenZitiOverlay::Create(options, clock_, entropy_, faults_);
  if (!made.ok()) throw std::runtime_error(made.status().ToString());
  return *std::move(made);
}

void FaultLane::UseNewAdapter() {
  std::unique_ptr<Overlay> fresh = NewAdapter();
  overlay_.Redirect(*fresh);
  adapter_before_ = std::exchange(adapter_, std::move(fresh));
}

Verdict FaultLane::Run(const Cell& cell) {
  UseNewAdapter();
  if (cell.idles()) {  // everything is in use already
    Prepare(Deed::kReplace);
    DrainOnce();
  }
  const Subject subject = Prepare(cell.step.deed);
  if (cell.idles()) {
    std::this_thread::sleep_for(kIdle);  // nothing tells when a connection is closed
  } else {
    UseNewAdapter();  // without session, connection and bundle
    Plant(cell);
  }
  const std::size_t log_start = controller_.log().size();

  const absl::Time begun = absl::Now();
  Outcome outcome = Do(cell, subject);
  const absl::Duration took = absl::Now() - begun;
  const std::vector<std::string> requests = Requests(log_start);

  Verdict verdict{std::move(outcome.complaints), static_cast<int>(requests.size()), took};
  if (outcome.reason != ReasonOf(cell.ending)) {
    verdict.complaints.push_back(Shown(outcome.reason) + " instead of " +
                                 Shown(ReasonOf(cell.ending)));
  }
  const absl::Duration limit = cell.stalls() ? kShortEnrollment : kSoon;
  if (took > limit) verdict.complaints.push_back("took " + absl::FormatDuration(took));
  if (verdict.requests > cell.step.most_requests) {
    verdict.complaints.push_back(std::to_string(verdict.requests) + " requests");
  }
  if (CountLogins(requests) > MostLogins(cell)) {
    verdict.complaints.push_back(std::to_string(CountLogins(requests)) + " log-ins");
  }
  End(cell, log_start);
  Append(verdict.complaints, Settle(cell, subject));
  return verdict;
}

// A runner as the deed finds it, with nothing left to do for it but the deed.
FaultLane::Subject FaultLane::Prepare(Deed deed) {
  const auto registered = rig_.Register("r");
  Subject subject{registered.runner().meta().id(), registered.service_token()};
  if (deed == Deed::kRegister || deed == Deed::kEnroll) return subject;
  rig_.Enroll(subject.token);
  Host(subject);
  DrainOnce();
  if (deed == Deed::kReplace) rig_.Enroll(subject.token);
  if (deed == Deed::kDelete) rig_.Delete(subject.id);
  return subject;
}

void FaultLane::Host(const Subject& subject) {
  const std::string service = "runner-" + subject.id;
  admin_.Develop(HttpMethod::kPost, "/terminators",
                 {{"identity", admin_.FindByName("identities", service + "-g1").at("id")},
                  {"service", admin_.FindByName("services", service).at("id")}});
}

void FaultLane::Plant(const Cell& cell) {
  if (cell.step.reads_back()) {
    admin_.Develop(
        HttpMethod::kPost, "/faults",
        {{"method", "POST"}, {"path", "/edge/client/v1/enroll"}, {"kind", "drop-after"}});
  }
  nlohmann::json rule = {{"method", cell.step.method},
                         {"path", cell.step.path},
                         {"kind", cell.trouble.kind},
                         {"times", cell.trouble.lasting == Lasting::kOnce ? 1 : kForEver}};
  if (cell.stalls()) rule["milliseconds"] = absl::ToInt64Milliseconds(kStall);
  admin_.Develop(HttpMethod::kPost, "/faults", rule);
}

FaultLane::Outcome FaultLane::Do(const Cell& cell, const Subject& subject) {
  if (cell.step.deed == Deed::kEnroll)
    return Enroll(subject, cell.stalls() ? kShortEnrollment : kTimeout);
  return Work(cell.stalls() ? kShortWork : kTimeout);
}

FaultLane::Outcome FaultLane::Enroll(const Subject& subject, absl::Duration timeout) {
  pb::EnrollRunnerRequest request;
  request.set_service_token(subject.token);
  const auto answer =
      Ask(rig_.service(), &Service::EnrollRunner, request, Nobody().Within(timeout));
  if (answer.ok()) return {};
  const RpcError error = ErrorOf(answer.status);
  Outcome outcome{error.reason.empty() ? "no reason" : error.reason, {}};
  if (answer.status.error_code() != grpc::StatusCode::UNAVAILABLE) {
    outcome.complaints.push_back("code " + std::to_string(answer.status.error_code()));
  }
  if (!error.retry_after) outcome.complaints.push_back("no time to retry after");
  return outcome;
}

FaultLane::Outcome FaultLane::Work(absl::Duration timeout) {
  OverlayWorkerOptions options;
  options.work_timeout = timeout;
  OverlayWorker worker(queue_, overlay_, entropy_, clock_, faults_, options);
  const absl::StatusOr<WorkReport> report = worker.RunOnce();
  if (!report.ok()) return {report.status().ToString(), {}};
  if (!report->failure) return {report->outcome == WorkOutcome::kDone ? "" : "no work", {}};
  Outcome outcome{std::string(RowOf(report->failure->reason).name), {}};
  const std::string noted = rig_.database().Value(
      "SELECT coalesce(string_agg(last_reason || ' ' || tries, ', '), '') "
      "FROM work WHERE tries > 0");
  if (noted != outcome.reason + " 1") outcome.complaints.push_back("noted as " + noted);
  return outcome;
}

// All is well again: also what a stalled request was to do has been done.
void FaultLane::End(const Cell& cell, std::size_t log_start) {
  if (cell.kills()) {
    controller_.Kill();  // it is dead or dying, by itself
    controller_.Start();
  }
  admin_.Develop(HttpMethod::kDelete, "/faults");
  for (const char* listener : {"/listeners/management", "/listeners/client"}) {
    admin_.Develop(HttpMethod::kPatch, listener, {{"certificate", "own"}});
  }
  if (!cell.stalls()) return;
  const absl::Time limit = absl::Now() + 2 * kStall;
  const std::string late = cell.step.method + " " + cell.step.path;
  const auto arrived = [&] {
    const std::vector<std::string> lines = Requests(log_start);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.starts_with(late); });
  };
  while (!arrived()) {
    if (absl::Now() > limit) throw std::runtime_error("the stalled request was never served");
    std::this_thread::sleep_for(10 * kPollInterval);
  }
}

// The deed succeeds now, and nothing is left of what went wrong.
std::vector<std::string> FaultLane::Settle(const Cell& cell, const Subject& subject) {
  // A permission that is missing is believed for half a minute: another replica goes on.
  if (cell.ending == Ending::kRejected) UseNewAdapter();
  const absl::Time limit = absl::Now() + kSettleLimit;
  std::string reason;
  if (cell.step.deed == Deed::kEnroll && cell.ending != Ending::kDone) {
    for (reason = Enroll(subject, kTimeout).reason; !reason.empty() && absl::Now() < limit;
         reason = Enroll(subject, kTimeout).reason) {
      std::this_thread::sleep_for(kPollInterval);
    }
    if (!reason.empty()) return {"afterwards still " + reason};
  }
  std::vector<std::string> open;
  do {
    DrainOnce();
    open = OpenRows(rig_.database().database());
  } while (!open.empty() && absl::Now() < limit);
  Append(open, OverlayDifferences(rig_.database().database(), admin_));
  for (const nlohmann::json& row : admin_.List("terminators", "")) {
    open.push_back("terminator " + row.at("id").get<std::string>() + " is left");
  }
  return open;
}

// As if so much time had passed that everything is due, until nothing is.
void FaultLane::DrainOnce() {
  OverlayWorker worker(queue_, overlay_, entropy_, clock_, faults_, {});
  WorkOutcome outcome = WorkOutcome::kDone;
  while (outcome == WorkOutcome::kDone) {
    Query(
        "UPDATE work SET not_before = now(), "
        "leased_until = CASE WHEN claim_id IS NULL THEN NULL ELSE now() END");
    outcome = worker.RunOnce().value().outcome;
  }
  if (outcome == WorkOutcome::kFailed) std::this_thread::sleep_for(kPollInterval);
}

pqxx::result FaultLane::Query(const std::string& sql) {
  pqxx::nontransaction statement(connection_);
  return statement.exec(sql);
}

// `METHOD PATH STATUS` of all that the controller has served since, but for our own.
std::vector<std::string> FaultLane::Requests(std::size_t log_start) const {
  std::istringstream log(controller_.log(log_start));
  std::vector<std::string> requests;
  for (std::string line; std::getline(log, line);) {
    if (line.find(" /dev/v1/") == std::string::npos) requests.push_back(line);
  }
  return requests;
}

}  // namespace runners::testing

#include "tests/chaos/caller.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/support/installation.h"

namespace runners::testing {
namespace {

constexpr char kAcme[] = "aaaaaaaa-0000-4000-8000-000000000001";
constexpr std::size_t kMostRunners = 6;  // of one caller
constexpr absl::Duration kTimeout = absl::Seconds(10);

// What may go wrong while parts of the installation die. Anything else is a defect.
constexpr std::array kExpected = {ErrorReason::kDatabaseUnavailable, ErrorReason::kCommitInDoubt,
                                  ErrorReason::kOverlayUnavailable, ErrorReason::kOverloaded,
                                  ErrorReason::kNoRunnerQualifies};

}  // namespace

void Ledger::NoteDeleted(const RunnerId& id) {
  const MutexLock lock(mutex_);
  deleted_.insert(id);
}

std::set<RunnerId> Ledger::Deleted() const {
  const MutexLock lock(mutex_);
  return deleted_;
}

void Ledger::Complain(const std::string& sentence) {
  const MutexLock lock(mutex_);
  complaints_.push_back(sentence);
}

std::vector<std::string> Ledger::TakeComplaints() {
  const MutexLock lock(mutex_);
  return std::exchange(complaints_, {});
}

Caller::Caller(int number, std::uint64_t seed, Ledger& ledger)
    : name_("c" + std::to_string(number)),
      random_(seed + static_cast<std::uint64_t>(number)),
      ledger_(ledger) {}

void Caller::Work(const std::string& address, const std::stop_token& stop) {
  client::Client client({address, IdentityId::Parse(kInstallationAdmin), kTimeout});
  while (!stop.stop_requested()) DoSomething(client);
}

void Caller::DoSomething(client::Client& client) {
  Story* const story = AnyStory();
  const std::size_t dice = Draw(100);
  if (story == nullptr || (dice < 20 && stories_.size() < kMostRunners)) return Register(client);
  if (dice < 45) return Edit(client, *story);
  if (dice < 70) return Enroll(client, *story);
  if (dice < 85) return Select(client);
  return Delete(client, *story);
}

void Caller::Register(client::Client& client) {
  const std::string base = name_ + "-" + std::to_string(registrations_++);
  const bool of_acme = Draw(2) == 0;
  const absl::StatusOr<client::Registered> registered =
      client.Register({NameOfVersion(base, 0),
                       of_acme ? OrganizationId::Parse(kAcme) : std::nullopt,
                       LabelsOfVersion(0),
                       {"docker"}});
  const Outcome outcome = Judge("register", registered.status());
  if (outcome != Outcome::kAcknowledged) {
    failed_registrations_.push_back({base, outcome});
    return;
  }
  stories_.push_back({registered->runner, registered->service_token});
}

void Caller::Edit(client::Client& client, Story& story) {
  const int version = story.edits + 1;
  client::Edit edit;
  edit.name = NameOfVersion(BaseOf(story.runner), version);
  edit.labels = LabelsOfVersion(version);
  edit.etag = story.runner.etag;
  const absl::StatusOr<Runner> edited = client.Update(story.runner.id, edit);
  const Outcome outcome = Judge("update", edited.status());
  if (outcome == Outcome::kRefused) return;
  story.edits = version;
  story.lost_edit = outcome == Outcome::kLost;
  if (edited.ok()) story.runner = *edited;
}

void Caller::Enroll(client::Client& client, Story& story) {
  absl::StatusOr<client::EnrolledIdentity> enrolled = client.Enroll(story.token);
  const Outcome outcome = Judge("enroll", enrolled.status());
  story.lost_enrollment = outcome == Outcome::kLost;
  if (outcome != Outcome::kAcknowledged) return;
  if (story.identity) retired_identities_.push_back(story.identity->identity_json);
  story.identity = *std::move(enrolled);
  story.enrolled = true;
}

void Caller::Delete(client::Client& client, Story& story) {
  const absl::Status deleted = client.Delete(story.runner.id, story.runner.etag);
  const Outcome outcome = Judge("delete", deleted);
  story.deleted = outcome == Outcome::kAcknowledged;
  story.lost_deletion = outcome == Outcome::kLost;
  if (story.deleted) ledger_.NoteDeleted(story.runner.id);
}

void Caller::Select(client::Client& client) {
  const std::set<RunnerId> deleted = ledger_.Deleted();
  const absl::StatusOr<client::Selected> selected =
      client.Select({*OrganizationId::Parse(kAcme), {}, {"docker"}, {}});
  Judge("select", selected.status());
  if (!selected.ok()) return;
  if (deleted.count(selected->runner.id) != 0) {
    ledger_.Complain("selected after its deletion was acknowledged: " + selected->runner.id.text());
  }
  if (selected->runner.status != RunnerStatus::kEnrolled) {
    ledger_.Complain("selected and not enrolled: " + selected->runner.id.text());
  }
}

Outcome Caller::Judge(const char* deed, const absl::Status& status) {
  const Outcome outcome = OutcomeOf(status);
  if (outcome == Outcome::kAcknowledged) {
    ++acknowledged_;
    return outcome;
  }
  const client::Failure failure = client::FailureOf(status);
  const bool no_answer = !failure.reason && status.code() == absl::StatusCode::kUnavailable;
  const bool expected = failure.reason && std::find(kExpected.begin(), kExpected.end(),
                                                    *failure.reason) != kExpected.end();
  if (!no_answer && !expected) {
    ledger_.Complain(std::string(deed) + " failed with " + status.ToString());
  }
  return outcome;
}

// One that lives and about which nothing is in doubt; null when there is none.
Story* Caller::AnyStory() {
  std::vector<Story*> candidates;
  for (Story& story : stories_) {
    if (!story.deleted && !story.in_doubt()) candidates.push_back(&story);
  }
  return candidates.empty() ? nullptr : candidates[Draw(candidates.size())];
}

std::size_t Caller::Draw(std::size_t below) {
  return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
}

}  // namespace runners::testing

#include "tests/chaos/reckoning.h"

#include <optional>
#include <stdexcept>

namespace runners::testing {

Reckoning::Reckoning(Installation& installation) : installation_(installation) {
  const absl::StatusOr<std::vector<Runner>> all = installation.Connect().ListAll({});
  if (!all.ok()) throw std::runtime_error("no list after the restart: " + all.status().ToString());
  for (const Runner& runner : *all) {
    if (!listed_.emplace(runner.id, runner).second) Complain(runner.name + " is listed twice");
  }
  for (const pqxx::row& row : installation.database().Query(
           "SELECT runner_id, overlay_id FROM overlay_identities WHERE state = 'current'")) {
    current_[row[0].as<std::string>()] = row[1].as<std::string>();
  }
}

void Reckoning::Settle(Caller& caller) {
  for (Story& story : caller.stories()) Settle(story);
  for (const FailedRegistration& failed : caller.failed_registrations()) SettleRegistration(failed);
  for (const std::string& identity : caller.retired_identities()) {
    ExpectLogin(identity, 401, "a replaced identity");
  }
  std::erase_if(caller.stories(), [](const Story& story) { return story.deleted; });
  caller.failed_registrations().clear();
  caller.retired_identities().clear();
}

void Reckoning::SettleRest() {
  for (const auto& [id, runner] : listed_) Complain(runner.name + " was never registered");
  client::Client client = installation_.Connect();
  for (const RunnerId& orphan : orphans_) {
    const absl::Status deleted = client.Delete(orphan);
    if (!deleted.ok()) Complain("cannot be deleted: " + deleted.ToString());
  }
}

void Reckoning::Settle(Story& story) {
  const auto found = listed_.find(story.runner.id);
  const std::string& name = story.runner.name;
  if (found == listed_.end()) {
    if (!story.deleted && !story.lost_deletion) Complain(name + " was acknowledged and is gone");
    story.deleted = true;
    if (story.identity) ExpectLogin(story.identity->identity_json, 401, name + ", deleted,");
    return;
  }
  if (story.deleted) Complain(name + " was deleted and is back");
  const Runner runner = found->second;
  listed_.erase(found);
  SettleAttributes(story, runner);
  SettleIdentity(story, runner);
  story.runner = runner;
  story.lost_edit = story.lost_enrollment = story.lost_deletion = false;
}

void Reckoning::SettleAttributes(Story& story, const Runner& found) {
  const std::string& name = story.runner.name;
  const std::optional<int> version = VersionOf(found, BaseOf(story.runner));
  if (!version) return Complain(name + " has half an edit: " + found.name);
  const bool as_acknowledged = found.name == name;
  if (!as_acknowledged && !(story.lost_edit && *version == story.edits)) {
    Complain(name + " has an edit nobody acknowledged: " + found.name);
  }
  if ((found.etag == story.runner.etag) != as_acknowledged) {
    Complain(name + ": its etag does not follow its edits");
  }
  if (found.created_at != story.runner.created_at ||
      found.organization_id != story.runner.organization_id ||
      found.capabilities != story.runner.capabilities) {
    Complain(name + " has changed in what nobody edits");
  }
  // A refused or unmade edit takes no version.
  story.edits = *version;
}

void Reckoning::SettleIdentity(Story& story, const Runner& found) {
  const std::string& name = story.runner.name;
  const auto current = current_.find(found.id.text());
  const bool has_one = current != current_.end();
  if (has_one != (found.status == RunnerStatus::kEnrolled)) {
    Complain(name + ": its status and its identity do not agree");
  }
  const bool answered =
      has_one && story.identity && current->second == story.identity->overlay_identity_id;
  if (story.lost_enrollment) {
    if (story.enrolled && !has_one) Complain(name + " was enrolled and has no identity");
  } else if (has_one != story.enrolled || (story.identity && !answered)) {
    Complain(name + " has not the identity that was answered last");
  }
  story.enrolled = has_one;
  if (!story.identity) return;
  ExpectLogin(story.identity->identity_json, answered ? 200 : 401, name);
  if (!answered) story.identity.reset();
}

void Reckoning::SettleRegistration(const FailedRegistration& failed) {
  for (auto it = listed_.begin(); it != listed_.end();) {
    if (BaseOf(it->second) != failed.base) {
      ++it;
      continue;
    }
    if (failed.outcome == Outcome::kRefused) Complain(failed.base + " was refused and is there");
    if (it->second.status != RunnerStatus::kPending) {
      Complain(failed.base + " is enrolled, and nobody has its token");
    }
    orphans_.push_back(it->first);
    it = listed_.erase(it);
  }
}

void Reckoning::ExpectLogin(const std::string& identity_json, int status,
                            const std::string& whose) {
  const int got = LoginStatus(identity_json);
  if (got == status) return;
  Complain(whose + ": the controller answers " + std::to_string(got) + " to its login, not " +
           std::to_string(status));
}

}  // namespace runners::testing

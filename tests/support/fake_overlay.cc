#include "tests/support/fake_overlay.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/support/status_macros.h"
#include "runners/runner.h"

namespace runners::testing {
namespace {

std::string PolicyName(const RunnerId& runner) {
  return OverlayServiceName(runner) + "-bind";
}

absl::Status Failure(ErrorReason reason) {
  ErrorDetail detail;
  detail.reason = reason;
  if (reason == ErrorReason::kOverlayUnavailable) detail.retry_after = absl::Seconds(2);
  return MakeError(std::move(detail), "the fake overlay fails as it was told");
}

absl::Status Conflict(const std::string& name) {
  return MakeError(ErrorReason::kOverlayConflict, "a foreign object has the name " + name);
}

}  // namespace

absl::Status FakeOverlay::Configured() const {
  const MutexLock lock(mutex_);
  if (!failure_.ok() && HasReason(failure_, ErrorReason::kOverlayNotConfigured)) return failure_;
  return absl::OkStatus();
}

absl::Status FakeOverlay::Adopt(const RunnerId& runner, const InheritedObjects& inherited,
                                absl::Time deadline) {
  const MutexLock lock(mutex_);
  RUNNERS_RETURN_IF_ERROR(Arrive());
  Objects& services = objects_[OverlayObject::kService];
  const auto service = services.find(OverlayServiceName(runner));
  if (service != services.end() && service->second.id == inherited.service_id &&
      service->second.owner.empty()) {
    service->second.owner = runner.text();
  }
  Objects& identities = objects_[OverlayObject::kIdentity];
  const auto identity = std::find_if(identities.begin(), identities.end(), [&](const auto& entry) {
    return entry.second.id == inherited.identity_id && entry.second.owner.empty();
  });
  if (identity != identities.end()) {
    auto moved = identities.extract(identity);
    moved.key() = IdentityKey{runner, kInheritedGeneration, ""}.name();
    moved.mapped().owner = runner.text();
    identities.insert(std::move(moved));
  }
  return Leave(deadline);
}

absl::Status FakeOverlay::EnsureRunner(const RunnerId& runner, absl::Time deadline) {
  const MutexLock lock(mutex_);
  RUNNERS_RETURN_IF_ERROR(Arrive());
  RUNNERS_RETURN_IF_ERROR(Ensure(OverlayObject::kService, OverlayServiceName(runner), runner));
  RUNNERS_RETURN_IF_ERROR(Ensure(OverlayObject::kPolicy, PolicyName(runner), runner));
  return Leave(deadline);
}

absl::StatusOr<IssuedIdentity> FakeOverlay::IssueIdentity(
    const IdentityKey& key, const std::optional<std::string>& certificate_request,
    absl::Time deadline) {
  const MutexLock lock(mutex_);
  RUNNERS_RETURN_IF_ERROR(Arrive());
  // Whatever has the name goes: nobody has the key of an identity that was not answered.
  RUNNERS_RETURN_IF_ERROR(Remove(OverlayObject::kIdentity, key.name(), key.runner_id).status());
  Object identity{NextId(), key.runner_id.text(), key.attempt_id};
  const std::string id = identity.id;
  objects_[OverlayObject::kIdentity][key.name()] = std::move(identity);
  RUNNERS_RETURN_IF_ERROR(Leave(deadline));
  nlohmann::json file = {
      {"ztAPI", "https://fake.invalid:1280/edge/client/v1"},
      {"id", {{"cert", "pem:fake certificate of " + id}, {"ca", "pem:fake bundle"}}}};
  if (!certificate_request) file["id"]["key"] = "pem:fake key of " + id;
  return IssuedIdentity{id, Secret(file.dump())};
}

absl::StatusOr<Removal> FakeOverlay::RemoveIdentity(const RunnerId& runner, std::int64_t generation,
                                                    absl::Time deadline) {
  const MutexLock lock(mutex_);
  RUNNERS_RETURN_IF_ERROR(Arrive());
  const std::string name = IdentityKey{runner, generation, ""}.name();
  RUNNERS_ASSIGN_OR_RETURN(const Removal removal, Remove(OverlayObject::kIdentity, name, runner));
  RUNNERS_RETURN_IF_ERROR(Leave(deadline));
  return removal;
}

absl::StatusOr<Removal> FakeOverlay::RemoveRunner(const RunnerId& runner, absl::Time deadline) {
  const MutexLock lock(mutex_);
  RUNNERS_RETURN_IF_ERROR(Arrive());
  RUNNERS_ASSIGN_OR_RETURN(const Removal removal, RemoveAll(runner));
  RUNNERS_RETURN_IF_ERROR(Leave(deadline));
  return removal;
}

void FakeOverlay::FailWith(ErrorReason reason) {
  const MutexLock lock(mutex_);
  failure_ = Failure(reason);
}

void FakeOverlay::ComeBack() {
  const MutexLock lock(mutex_);
  failure_ = absl::OkStatus();
  answer_time_ = absl::ZeroDuration();
}

void FakeOverlay::AnswerAfter(absl::Duration duration) {
  const MutexLock lock(mutex_);
  answer_time_ = duration;
}

void FakeOverlay::LoseNextAnswer() {
  const MutexLock lock(mutex_);
  ++answers_to_lose_;
}

std::string FakeOverlay::PlantForeign(OverlayObject kind, const std::string& name) {
  const MutexLock lock(mutex_);
  std::string id = NextId();
  objects_[kind][name] = Object{id, "", ""};
  return id;
}

std::set<std::string> FakeOverlay::Names(OverlayObject kind) const {
  const MutexLock lock(mutex_);
  std::set<std::string> names;
  const auto found = objects_.find(kind);
  if (found == objects_.end()) return names;
  for (const auto& [name, object] : found->second) names.insert(name);
  return names;
}

bool FakeOverlay::IsAlive(const std::string& overlay_id) const {
  const MutexLock lock(mutex_);
  const auto found = objects_.find(OverlayObject::kIdentity);
  if (found == objects_.end()) return false;
  for (const auto& [name, object] : found->second) {
    if (object.id == overlay_id) return true;
  }
  return false;
}

int FakeOverlay::calls() const {
  const MutexLock lock(mutex_);
  return calls_;
}

absl::Status FakeOverlay::Arrive() {
  ++calls_;
  return failure_;
}

absl::Status FakeOverlay::Leave(absl::Time deadline) {
  if (answers_to_lose_ > 0) {
    --answers_to_lose_;
    return Failure(ErrorReason::kOverlayUnavailable);
  }
  if (clock_.Now() + answer_time_ >= deadline) return Failure(ErrorReason::kOverlayUnavailable);
  return absl::OkStatus();
}

absl::Status FakeOverlay::Ensure(OverlayObject kind, const std::string& name,
                                 const RunnerId& runner) {
  Objects& objects = objects_[kind];
  const auto found = objects.find(name);
  if (found == objects.end()) {
    objects[name] = Object{NextId(), runner.text(), ""};
    return absl::OkStatus();
  }
  return found->second.owner == runner.text() ? absl::OkStatus() : Conflict(name);
}

absl::StatusOr<Removal> FakeOverlay::Remove(OverlayObject kind, const std::string& name,
                                            const RunnerId& runner) {
  Objects& objects = objects_[kind];
  const auto found = objects.find(name);
  if (found == objects.end()) return Removal::kNothingThere;
  if (found->second.owner != runner.text()) return Conflict(name);
  objects.erase(found);
  return Removal::kRemoved;
}

absl::StatusOr<Removal> FakeOverlay::RemoveAll(const RunnerId& runner) {
  const std::size_t identities =
      std::erase_if(objects_[OverlayObject::kIdentity],
                    [&](const auto& entry) { return entry.second.owner == runner.text(); });
  const absl::StatusOr<Removal> service =
      Remove(OverlayObject::kService, OverlayServiceName(runner), runner);
  const absl::StatusOr<Removal> policy = Remove(OverlayObject::kPolicy, PolicyName(runner), runner);
  if (!service.ok()) return service;
  if (!policy.ok()) return policy;
  const bool any = identities > 0 || *service == Removal::kRemoved || *policy == Removal::kRemoved;
  return any ? Removal::kRemoved : Removal::kNothingThere;
}

std::string FakeOverlay::NextId() {
  return "fake-" + std::to_string(++ids_);
}

}  // namespace runners::testing

#include "tools/dev_controller/faults.h"

#include <array>
#include <string_view>
#include <utility>

#include "tools/dev_controller/ids.h"

namespace dev_controller {
namespace {

using nlohmann::json;

struct KindName {
  FaultKind kind;
  std::string_view name;
};
constexpr std::array kKinds = {
    KindName{FaultKind::kOverload, "overload"},
    KindName{FaultKind::kServerError, "server-error"},
    KindName{FaultKind::kTimeoutBefore, "timeout-before"},
    KindName{FaultKind::kTimeoutAfter, "timeout-after"},
    KindName{FaultKind::kDropBefore, "drop-before"},
    KindName{FaultKind::kDropAfter, "drop-after"},
    KindName{FaultKind::kStall, "stall"},
    KindName{FaultKind::kGarbage, "garbage"},
    KindName{FaultKind::kTruncated, "truncated"},
    KindName{FaultKind::kExpiredSession, "expired-session"},
    KindName{FaultKind::kForeignCertificate, "foreign-certificate"},
    KindName{FaultKind::kExitBefore, "exit-before"},
    KindName{FaultKind::kExitAfter, "exit-after"},
};

std::optional<FaultKind> KindOf(std::string_view name) {
  for (const KindName& row : kKinds) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

std::string NameOf(FaultKind kind) {
  for (const KindName& row : kKinds) {
    if (row.kind == kind) return std::string(row.name);
  }
  return "";
}

std::string TextOf(const json& rule, const char* key) {
  const auto found = rule.find(key);
  return found != rule.end() && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t NumberOf(const json& rule, const char* key, std::int64_t otherwise) {
  const auto found = rule.find(key);
  return found != rule.end() && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

}  // namespace

Faults::Added Faults::Add(const json& rule) {
  if (!rule.is_object()) return {"", "a fault is an object"};
  const std::optional<FaultKind> kind = KindOf(TextOf(rule, "kind"));
  if (!kind) return {"", "kind is none of the known ones"};
  Rule added{NewShortId(),
             TextOf(rule, "method"),
             TextOf(rule, "path"),
             {*kind, {}},
             NumberOf(rule, "times", 1)};
  if (added.path.empty() || added.path.front() != '/') return {"", "path must begin with /"};
  if (added.times < 1) return {"", "times must be at least 1"};
  const std::int64_t wait = NumberOf(rule, "milliseconds", 0);
  if ((*kind == FaultKind::kStall) != (wait > 0))
    return {"", "milliseconds belongs to stall, where it is above 0"};
  added.fault.wait = absl::Milliseconds(wait);
  const std::lock_guard<std::mutex> lock(mutex_);
  rules_.push_back(added);
  return {added.id, ""};
}

std::optional<Fault> Faults::Take(const std::string& method, const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
    if (!rule->method.empty() && rule->method != method) continue;
    if (!path.starts_with(rule->path)) continue;
    const Fault fault = rule->fault;
    if (--rule->times == 0) rules_.erase(rule);
    return fault;
  }
  return std::nullopt;
}

json Faults::ToJson() const {
  json list = json::array();
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Rule& rule : rules_) {
    list.push_back({{"id", rule.id},
                    {"method", rule.method},
                    {"path", rule.path},
                    {"kind", NameOf(rule.fault.kind)},
                    {"times", rule.times},
                    {"milliseconds", absl::ToInt64Milliseconds(rule.fault.wait)}});
  }
  return list;
}

void Faults::Clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  rules_.clear();
}

}  // namespace dev_controller

#include "tools/dev_controller/record.h"

#include <utility>

#include "absl/time/clock.h"

#include "tools/dev_controller/ids.h"

namespace dev_controller {
namespace {

using nlohmann::json;

constexpr std::size_t kMostEntries = 10'000;

}  // namespace

void Record::NoteLogin(const std::string& identity_id, const Call& call) {
  const json body = json::parse(call.body, nullptr, /*allow_exceptions=*/false);
  const json sdk = body.is_object() ? body.value("sdkInfo", json::object()) : json::object();
  Append(logins_, {{"at", Timestamp(absl::Now())},
                   {"identityId", identity_id},
                   {"method", call.Query("method")},
                   {"sdkInfo", sdk}});
}

void Record::NoteSession(const std::string& identity_id, const std::string& service_id,
                         const std::string& type, bool granted) {
  Append(sessions_, {{"at", Timestamp(absl::Now())},
                     {"identityId", identity_id},
                     {"serviceId", service_id},
                     {"type", type},
                     {"granted", granted}});
}

json Record::ToJson() const {
  return {{"logins", logins_}, {"sessions", sessions_}};
}

void Record::Clear() {
  logins_.clear();
  sessions_.clear();
}

void Record::Append(json& list, json entry) {
  if (list.size() >= kMostEntries) list.erase(list.begin());
  list.push_back(std::move(entry));
}

}  // namespace dev_controller

#include "app/server/settings.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "app/server/setting_values.h"
#include "core/support/error.h"

namespace runners::server {
namespace {

constexpr std::array<std::string_view, 3> kNeededWithController = {
    "ZITI_MANAGEMENT_URL", "ZITI_CLIENT_URL", "ZITI_CA_FILE"};

// Those that say that there is a controller. ZITI_ENROLLMENT_TIMEOUT does not.
constexpr std::array<std::string_view, 8> kOfController = {
    "ZITI_MANAGEMENT_URL", "ZITI_CLIENT_URL", "ZITI_RUNNER_URL", "ZITI_CA_FILE",
    "ZITI_USERNAME",       "ZITI_PASSWORD",   "ZITI_CERT_FILE",  "ZITI_KEY_FILE"};

// Reads one environment and gathers what is wrong with it.
class Reading {
 public:
  explicit Reading(const Environment& environment) : environment_(environment) {}

  void Read(const Setting& setting) {
    if (setting.kind == SettingKind::kSecret) {
      ReadSecret(setting);
    } else if (const std::optional<std::string> text = Value(setting.name)) {
      Take(setting, *text);
    } else {
      TakeAbsent(setting);
    }
  }

  void CheckController() {
    if (std::none_of(kOfController.begin(), kOfController.end(),
                     [this](std::string_view name) { return IsGiven(name); })) {
      return;
    }
    for (const std::string_view name : kNeededWithController) {
      if (!IsGiven(name)) Add(name, "must be given with the other ZITI_ settings of a controller");
    }
    CheckLogin();
  }

  Settings& settings() { return settings_; }
  std::vector<FieldViolation>& violations() { return violations_; }

 private:
  // The value of a variable; an empty one counts as absent.
  std::optional<std::string> Value(std::string_view name) const {
    const auto found = environment_.find(std::string(name));
    if (found == environment_.end() || found->second.empty()) return std::nullopt;
    return found->second;
  }

  static std::string FileNameOf(std::string_view name) { return std::string(name) + "_FILE"; }

  bool IsGiven(std::string_view name) const {
    if (Value(name)) return true;
    return name == "ZITI_PASSWORD" && Value(FileNameOf(name));
  }

  void Add(std::string_view name, std::string description) {
    violations_.push_back({std::string(name), std::move(description)});
  }

  void Take(const Setting& setting, const std::string& text) {
    std::string wrong = setting.read(text, settings_);
    if (!wrong.empty()) Add(setting.name, std::move(wrong));
  }

  void TakeAbsent(const Setting& setting) {
    if (!setting.if_missing.empty()) {
      Add(setting.name, std::string(setting.if_missing));
    } else if (!setting.default_text.empty()) {
      Take(setting, std::string(setting.default_text));
    }
  }

  void ReadSecret(const Setting& setting) {
    const std::optional<std::string> text = Value(setting.name);
    const std::optional<std::string> path = Value(FileNameOf(setting.name));
    if (text && path) {
      Add(setting.name, "must not be given together with " + FileNameOf(setting.name));
    } else if (text) {
      Take(setting, *text);
    } else if (path) {
      std::string content;
      std::string wrong = ReadSecretFile(*path, content);
      if (!wrong.empty()) return Add(FileNameOf(setting.name), std::move(wrong));
      Take(setting, content);
    } else {
      TakeAbsent(setting);
    }
  }

  void CheckLogin() {
    const bool password = IsGiven("ZITI_USERNAME") || IsGiven("ZITI_PASSWORD");
    const bool certificate = IsGiven("ZITI_CERT_FILE") || IsGiven("ZITI_KEY_FILE");
    if (password && certificate) {
      return Add("ZITI_USERNAME",
                 "must not be given together with a client certificate: log in either with "
                 "ZITI_USERNAME and ZITI_PASSWORD or with ZITI_CERT_FILE and ZITI_KEY_FILE");
    }
    if (!password && !certificate) {
      return Add("ZITI_USERNAME",
                 "must be given with ZITI_PASSWORD or ZITI_PASSWORD_FILE, or else ZITI_CERT_FILE "
                 "with ZITI_KEY_FILE: the server must log in at the controller");
    }
    if (password) {
      RequireBoth("ZITI_USERNAME", "ZITI_PASSWORD");
    } else {
      RequireBoth("ZITI_CERT_FILE", "ZITI_KEY_FILE");
    }
  }

  void RequireBoth(std::string_view one, std::string_view other) {
    if (!IsGiven(one)) Add(one, "must be given with " + std::string(other));
    if (!IsGiven(other)) Add(other, "must be given with " + std::string(one));
  }

  const Environment& environment_;
  Settings settings_;
  std::vector<FieldViolation> violations_;
};

bool IsReadFor(SettingReaders readers, Purpose purpose) {
  switch (purpose) {
    case Purpose::kServe:
      return true;
    case Purpose::kDatabaseCommand:
      return readers == SettingReaders::kDatabaseCommands;
    case Purpose::kHealthCheck:
      return readers == SettingReaders::kHealthCheck;
  }
  return true;
}

std::string DefaultCell(const Setting& setting) {
  if (!setting.if_missing.empty()) return "required";
  if (setting.default_text.empty()) return "";
  return "`" + std::string(setting.default_text) + "`";
}

}  // namespace

Environment ProcessEnvironment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

absl::StatusOr<Settings> ReadSettings(const Environment& environment, Purpose purpose) {
  Reading reading(environment);
  for (const Setting& setting : SettingsTable()) {
    if (IsReadFor(setting.readers, purpose)) reading.Read(setting);
  }
  if (purpose == Purpose::kServe) reading.CheckController();
  if (!reading.violations().empty()) return InvalidArgument(std::move(reading.violations()));
  Settings settings = std::move(reading.settings());
  settings.worker.first_backoff =
      std::min(settings.worker.first_backoff, settings.worker.max_backoff);
  return settings;
}

std::string SettingsMarkdown() {
  std::string text = "| Name | Default | Meaning |\n|---|---|---|\n";
  for (const Setting& setting : SettingsTable()) {
    const std::string name(setting.name);
    text += "| `" + name + "` | " + DefaultCell(setting) + " | " + std::string(setting.meaning);
    if (setting.kind == SettingKind::kSecret) {
      text += " Secret: `" + name + "_FILE` may name a file with it instead.";
    }
    text += " |\n";
  }
  return text;
}

}  // namespace runners::server

#include "tests/contract/overlay/controller_rig.h"

#include <cstdlib>
#include <stdexcept>

#include "absl/time/clock.h"
#include "adapters/openziti/edge_url.h"
#include "adapters/openziti/envelope.h"
#include "runners/runner.h"
#include "tests/support/temp_folder.h"

namespace runners::testing {
namespace {

using nlohmann::json;

json ForeignFields(OverlayObject kind, const std::string& name) {
  switch (kind) {
    case OverlayObject::kService:
      return {{"name", name}, {"encryptionRequired", true}};
    case OverlayObject::kPolicy:
      return {{"name", name}, {"type", "Dial"}, {"semantic", "AnyOf"}};
    case OverlayObject::kIdentity:
      return {{"name", name}, {"type", "Device"}, {"isAdmin", false}};
  }
  return {};
}

enum class Deletes { kPlain, kOidc };

std::unique_ptr<ControllerRig> DevRig(const std::string& line, Deletes deletes = Deletes::kPlain) {
  DevControllerOptions options;
  options.binary = RUNNERS_BINARY_DIR "/dev_controller";
  options.line = line;
  options.oidc_deletes = deletes == Deletes::kOidc;
  auto process = std::make_unique<DevControllerProcess>(options);
  ControllerAccess access{process->management_url(), process->client_url(), process->ca_file(),
                          process->username(), process->password()};
  return std::make_unique<ControllerRig>(std::move(access), std::move(process));
}

std::string Required(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0')
    throw std::runtime_error(std::string(variable) + " must be set");
  return value;
}

// From ZITI_PASSWORD, or from the file the server's own setting names.
Secret PasswordOfEnv() {
  if (std::getenv("ZITI_PASSWORD") != nullptr) return Secret(Required("ZITI_PASSWORD"));
  std::string text = FileContent(Required("ZITI_PASSWORD_FILE"));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return Secret(std::move(text));
}

std::unique_ptr<ControllerRig> EnvRig() {
  const auto management = openziti::EdgeUrl::Parse(Required("ZITI_MANAGEMENT_URL"));
  const auto client = openziti::EdgeUrl::Parse(Required("ZITI_CLIENT_URL"));
  if (!management || !client) throw std::runtime_error("ZITI_*_URL must be https://host:port");
  auto rig = std::make_unique<ControllerRig>(
      ControllerAccess{management->management(), client->client(), Required("ZITI_CA_FILE"),
                       Required("ZITI_USERNAME"), PasswordOfEnv()});
  const absl::StatusOr<std::string> version = rig->openziti().Version(SoonEnough());
  if (!version.ok()) throw std::runtime_error("the controller of ZITI_* does not answer");
  if (*version == "development")
    throw std::runtime_error("the controller of ZITI_* is a development controller");
  return rig;
}

bool EnvIsWanted() {
  const char* wanted = std::getenv("RUNNERS_TEST_CONTROLLER");
  return wanted != nullptr && std::string(wanted) == "env";
}

}  // namespace

const char* CollectionOf(OverlayObject kind) {
  switch (kind) {
    case OverlayObject::kService:
      return "services";
    case OverlayObject::kPolicy:
      return "service-policies";
    case OverlayObject::kIdentity:
      return "identities";
  }
  return "";
}

ControllerRig::ControllerRig(ControllerAccess access, std::unique_ptr<DevControllerProcess> process)
    : process_(std::move(process)),
      admin_(std::move(access)),
      gateway_(admin_.access()),
      instance_id_(NewText()),
      overlay_(Make(Options())) {}

ControllerRig::~ControllerRig() {
  if (process_) return;  // its state goes with it
  try {
    for (const auto& [collection, id] : planted_) admin_.Delete(collection, id);
    for (const OverlayObject kind :
         {OverlayObject::kIdentity, OverlayObject::kPolicy, OverlayObject::kService}) {
      for (const json& row : admin_.ListByTag(CollectionOf(kind), "instance-id", instance_id_))
        admin_.Delete(CollectionOf(kind), openziti::TextAt(row, "id"));
    }
  } catch (const std::runtime_error&) {
    // What cannot be cleaned up now is in nobody's way: every test uses names of its own.
  }
}

openziti::OpenZitiOptions ControllerRig::Options() const {
  openziti::OpenZitiOptions options;
  options.management_url = gateway_.url() + "/edge/management/v1";
  options.client_url = gateway_.url();
  options.runner_url = admin_.access().client_url;
  options.ca_file = gateway_.ca_file();
  options.username = admin_.access().username;
  options.password = admin_.access().password;
  options.instance_id = instance_id_;
  options.first_repeat_pause = absl::Milliseconds(50);
  return options;
}

std::unique_ptr<openziti::OpenZitiOverlay> ControllerRig::Make(
    const openziti::OpenZitiOptions& options) {
  auto overlay = openziti::OpenZitiOverlay::Create(options, clock_, entropy_, faults_);
  if (!overlay.ok()) throw std::runtime_error(overlay.status().ToString());
  return *std::move(overlay);
}

std::set<std::string> ControllerRig::Names(OverlayObject kind, const RunnerId& runner) {
  std::set<std::string> names;
  for (const json& row : admin_.List(CollectionOf(kind), "")) {
    const std::string name = openziti::TextAt(row, "name");
    if (name.starts_with(OverlayServiceName(runner))) names.insert(name);
  }
  return names;
}

std::string ControllerRig::PlantForeign(OverlayObject kind, const std::string& name) {
  std::string id = admin_.Create(CollectionOf(kind), ForeignFields(kind, name));
  planted_.emplace_back(CollectionOf(kind), id);
  return id;
}

bool ControllerRig::IsAlive(const std::string& overlay_id) {
  return admin_.Send(openziti::HttpMethod::kGet, "/identities/" + overlay_id).status == 200;
}

void ControllerRig::LoseNextAnswer() {
  gateway_.Spoil("POST", "/edge/management/v1/", Fault::kLateTimeout);
}

std::vector<ControllerKind> DevControllers() {
  return {{"DevLine16", [] { return DevRig("1.6"); }}, {"DevLine20", [] { return DevRig("2.0"); }}};
}

std::vector<ControllerKind> HostingControllers() {
  std::vector<ControllerKind> kinds = DevControllers();
  kinds.push_back({"DevLine16Oidc", [] { return DevRig("1.6", Deletes::kOidc); }});
  return kinds;
}

std::vector<ControllerKind> AllControllers() {
  std::vector<ControllerKind> kinds = DevControllers();
  if (EnvIsWanted()) kinds.push_back({"Env", EnvRig});
  return kinds;
}

}  // namespace runners::testing

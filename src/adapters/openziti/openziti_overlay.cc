#include "adapters/openziti/openziti_overlay.h"

#include <optional>
#include <utility>
#include <vector>

#include "core/support/error.h"
#include "runners/ids.h"

namespace runners::openziti {
namespace {

void CheckUrl(const char* field, const std::optional<EdgeUrl>& url,
              std::vector<FieldViolation>& violations) {
  if (!url) violations.push_back({field, EdgeUrl::kForm});
}

void CheckLogin(const OpenZitiOptions& options, std::vector<FieldViolation>& violations) {
  const bool any_password = !options.username.empty() || !options.password.empty();
  const bool any_certificate = !options.certificate_file.empty() || !options.key_file.empty();
  if (any_password == any_certificate) {
    violations.push_back({"username", "give either a password or a client certificate"});
    return;
  }
  if (any_password && options.username.empty())
    violations.push_back({"username", "must be given with the password"});
  if (any_password && options.password.empty())
    violations.push_back({"password", "must be given with the user name"});
  if (any_certificate && options.certificate_file.empty())
    violations.push_back({"certificate_file", "must be given with the key"});
  if (any_certificate && options.key_file.empty())
    violations.push_back({"key_file", "must be given with the certificate"});
}

void CheckRest(const OpenZitiOptions& options, std::vector<FieldViolation>& violations) {
  if (options.ca_file.empty())
    violations.push_back({"ca_file", "must be given: the controller is always verified"});
  const std::optional<std::string> instance = CanonicalUuid(options.instance_id);
  if (!instance || *instance != options.instance_id)
    violations.push_back({"instance_id", "must be a UUID in lower case"});
  if (options.request_timeout <= absl::ZeroDuration())
    violations.push_back({"request_timeout", "must be above zero"});
  if (options.session_renewal <= 0 || options.session_renewal > 1)
    violations.push_back({"session_renewal", "must be above 0 and at most 1"});
}

}  // namespace

absl::StatusOr<std::unique_ptr<OpenZitiOverlay>> OpenZitiOverlay::Create(OpenZitiOptions options,
                                                                         const Clock& clock,
                                                                         Entropy& entropy,
                                                                         FaultPoints& faults) {
  if (options.runner_url.empty()) options.runner_url = options.client_url;
  const std::optional<EdgeUrl> management = EdgeUrl::Parse(options.management_url);
  const std::optional<EdgeUrl> client = EdgeUrl::Parse(options.client_url);
  const std::optional<EdgeUrl> runner = EdgeUrl::Parse(options.runner_url);
  std::vector<FieldViolation> violations;
  CheckUrl("management_url", management, violations);
  CheckUrl("client_url", client, violations);
  CheckUrl("runner_url", runner, violations);
  CheckLogin(options, violations);
  CheckRest(options, violations);
  if (!violations.empty()) return InvalidArgument(std::move(violations));
  return std::unique_ptr<OpenZitiOverlay>(
      new OpenZitiOverlay(options, {*management, *client, *runner}, clock, entropy, faults));
}

OpenZitiOverlay::OpenZitiOverlay(const OpenZitiOptions& options, const Urls& urls,
                                 const Clock& clock, Entropy& entropy, FaultPoints& faults)
    : repeats_(clock, entropy, options.first_repeat_pause),
      client_(options, urls.management, urls.client, clock, faults),
      objects_(client_, options.instance_id),
      bundle_(client_, clock, options.ca_bundle_life),
      adoption_(client_, objects_, repeats_),
      services_(client_, objects_, repeats_),
      removal_(client_, objects_, repeats_),
      issuer_({client_, objects_, removal_, bundle_, repeats_, clock}, urls.runner.client()) {}

absl::Status OpenZitiOverlay::Adopt(const RunnerId& runner, const InheritedObjects& inherited,
                                    absl::Time deadline) {
  return adoption_.Adopt(runner, inherited, deadline);
}

absl::Status OpenZitiOverlay::EnsureRunner(const RunnerId& runner, absl::Time deadline) {
  return services_.Ensure(runner, deadline);
}

absl::StatusOr<IssuedIdentity> OpenZitiOverlay::IssueIdentity(
    const IdentityKey& key, const std::optional<std::string>& certificate_request,
    absl::Time deadline) {
  return issuer_.Issue(key, certificate_request, deadline);
}

absl::StatusOr<Removal> OpenZitiOverlay::RemoveIdentity(const RunnerId& runner,
                                                        std::int64_t generation,
                                                        absl::Time deadline) {
  return removal_.RemoveGeneration(runner, generation, deadline);
}

absl::StatusOr<Removal> OpenZitiOverlay::RemoveRunner(const RunnerId& runner, absl::Time deadline) {
  return removal_.RemoveRunner(runner, deadline);
}

absl::StatusOr<std::string> OpenZitiOverlay::Version(absl::Time deadline) {
  return client_.Version(deadline);
}

}  // namespace runners::openziti

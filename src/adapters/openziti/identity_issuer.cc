#include "adapters/openziti/identity_issuer.h"

#include <optional>
#include <utility>
#include <vector>

#include "adapters/openziti/edge_errors.h"
#include "adapters/openziti/filter.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"
#include "runners/runner.h"

namespace runners::openziti {
namespace {

using nlohmann::json;
using system::CertificateVerdict;

// Made by this very attempt and not yet enrolled: whoever enrolled it had a key we do not have.
bool CanBeEnrolled(const EdgeObject& identity, const IdentityKey& key) {
  return TagOf(identity, kAttemptTag) == key.attempt_id && !identity.one_time_token.empty();
}

// Without `key_pem` the file is complete once its runner has added the key.
Secret IdentityFile(const std::string& api, const Secret& key_pem, const std::string& chain_pem,
                    const std::string& bundle_pem) {
  json file = {{"ztAPI", api}, {"id", {{"cert", "pem:" + chain_pem}, {"ca", "pem:" + bundle_pem}}}};
  if (!key_pem.empty()) file["id"]["key"] = "pem:" + key_pem.Reveal();
  return Secret(file.dump());
}

}  // namespace

absl::StatusOr<IssuedIdentity> IdentityIssuer::Issue(
    const IdentityKey& key, const std::optional<std::string>& certificate_request,
    absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(const EdgeObject identity, parts_.repeats.Run(deadline, [&] {
    return PrepareIdentity(key, deadline);
  }));
  const std::optional<system::KeyAndRequest> request =
      certificate_request ? system::KeyAndRequest{Secret(), *certificate_request}
                          : system::MakeKeyAndRequest(key.name());
  if (!request) return MakeError(ErrorReason::kInternal, "no key for the identity could be made");
  RUNNERS_ASSIGN_OR_RETURN(const std::string chain_pem, parts_.repeats.Run(deadline, [&] {
    return Enroll(identity, request->csr_pem, deadline);
  }));
  RUNNERS_ASSIGN_OR_RETURN(const std::string bundle_pem,
                           BundleThatTrusts(chain_pem, request->csr_pem, deadline));
  return IssuedIdentity{identity.id,
                        IdentityFile(runner_api_, request->key_pem, chain_pem, bundle_pem)};
}

absl::StatusOr<EdgeObject> IdentityIssuer::PrepareIdentity(const IdentityKey& key,
                                                           absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(OwnedObject owned, AdoptOrCreate(key, deadline));
  if (owned.adopted && !CanBeEnrolled(*owned.adopted, key)) {
    RUNNERS_RETURN_IF_ERROR(parts_.removal.RemoveIdentity(owned.id, deadline).status());
    RUNNERS_ASSIGN_OR_RETURN(owned, AdoptOrCreate(key, deadline));
  }
  RUNNERS_ASSIGN_OR_RETURN(std::optional<EdgeObject> identity,
                           parts_.client.Get(EdgeCollection::kIdentities, owned.id, deadline));
  if (!identity || !IsOurs(*identity, parts_.objects.instance_id(), key.runner_id) ||
      !CanBeEnrolled(*identity, key))
    return UnavailableError("the new overlay identity was changed by somebody else");
  return *std::move(identity);
}

absl::StatusOr<OwnedObject> IdentityIssuer::AdoptOrCreate(const IdentityKey& key,
                                                          absl::Time deadline) {
  const ObjectTags tags{parts_.objects.instance_id(), key.runner_id.text(), key.generation,
                        key.attempt_id};
  const json fields = {
      {"name", key.name()},    {"type", "Device"},
      {"isAdmin", false},      {"roleAttributes", json::array({OverlayServiceName(key.runner_id)})},
      {"tags", tags.ToJson()}, {"enrollment", {{"ott", true}}}};
  return parts_.objects.AdoptOrCreate(EdgeCollection::kIdentities, fields, key.runner_id, deadline);
}

absl::StatusOr<std::string> IdentityIssuer::Enroll(const EdgeObject& identity,
                                                   const std::string& csr_pem,
                                                   absl::Time deadline) {
  absl::StatusOr<std::string> issued =
      parts_.client.Enroll(identity.one_time_token, csr_pem, deadline);
  if (issued.ok()) return issued;
  // The answer may be lost and the token used up: the certificate can be read back.
  absl::StatusOr<std::string> lost = LostCertificate(identity, deadline);
  if (lost.ok() && !lost->empty()) return lost;
  // A refusal may mean just that, as long as nobody could look.
  return lost.ok() || IsPassing(issued.status()) ? issued.status() : lost.status();
}

absl::StatusOr<std::string> IdentityIssuer::LostCertificate(const EdgeObject& identity,
                                                            absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(const std::vector<EdgeObject> authenticators,
                           parts_.client.List(EdgeCollection::kAuthenticators,
                                              Equals("identity", identity.id), deadline));
  for (const EdgeObject& authenticator : authenticators) {
    if (!authenticator.certificate_pem.empty()) return authenticator.certificate_pem;
  }
  return std::string();
}

absl::StatusOr<std::string> IdentityIssuer::BundleThatTrusts(const std::string& chain_pem,
                                                             const std::string& csr_pem,
                                                             absl::Time deadline) {
  // The second time with a new bundle: the one at hand may be from before a roll-over.
  for (int i = 0; i < 2; ++i) {
    RUNNERS_ASSIGN_OR_RETURN(std::string bundle, parts_.repeats.Run(deadline, [&] {
      return parts_.bundle.Pem(deadline);
    }));
    switch (system::JudgeCertificate(chain_pem, csr_pem, bundle, parts_.clock.Now())) {
      case CertificateVerdict::kFits:
        return bundle;
      case CertificateVerdict::kUnreadable:
        return UnavailableError("the overlay controller issued a certificate nobody can read");
      case CertificateVerdict::kOtherKey:
        return UnavailableError("the overlay controller issued a certificate for another key");
      case CertificateVerdict::kUntrusted:
        parts_.bundle.Forget();
        break;
    }
  }
  return UnavailableError("the overlay controller's CA bundle does not verify the new certificate");
}

}  // namespace runners::openziti

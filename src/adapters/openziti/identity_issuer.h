#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/ca_bundle.h"
#include "adapters/openziti/edge_client.h"
#include "adapters/openziti/object_removal.h"
#include "adapters/openziti/owned_objects.h"
#include "adapters/openziti/repeats.h"
#include "adapters/system/x509.h"
#include "core/ports/clock.h"
#include "core/ports/overlay.h"

namespace runners::openziti {

// Makes identities and enrolls them. A private key is here only when the runner sent no request:
// from MakeKeyAndRequest until the answer is gone, and nowhere else. Thread-safe.
class IdentityIssuer {
 public:
  // What the issuer works with; everything must outlive it.
  struct Parts {
    EdgeClient& client;
    OwnedObjects& objects;
    ObjectRemoval& removal;
    CaBundle& bundle;
    const Repeats& repeats;
    const Clock& clock;
  };

  // `runner_api` is `ztAPI` of the identity files: the client API as runners reach it.
  IdentityIssuer(Parts parts, std::string runner_api)
      : parts_(parts), runner_api_(std::move(runner_api)) {}

  // Overlay::IssueIdentity.
  absl::StatusOr<IssuedIdentity> Issue(const IdentityKey& key,
                                       const std::optional<std::string>& certificate_request,
                                       absl::Time deadline);

 private:
  absl::StatusOr<EdgeObject> PrepareIdentity(const IdentityKey& key, absl::Time deadline);
  absl::StatusOr<OwnedObject> AdoptOrCreate(const IdentityKey& key, absl::Time deadline);
  absl::StatusOr<std::string> Enroll(const EdgeObject& identity, const std::string& csr_pem,
                                     absl::Time deadline);
  absl::StatusOr<std::string> LostCertificate(const EdgeObject& identity, absl::Time deadline);
  absl::StatusOr<std::string> BundleThatTrusts(const std::string& chain_pem,
                                               const std::string& csr_pem, absl::Time deadline);

  const Parts parts_;
  const std::string runner_api_;
};

}  // namespace runners::openziti

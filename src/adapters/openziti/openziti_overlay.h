#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/ca_bundle.h"
#include "adapters/openziti/edge_client.h"
#include "adapters/openziti/edge_url.h"
#include "adapters/openziti/identity_issuer.h"
#include "adapters/openziti/object_adoption.h"
#include "adapters/openziti/object_removal.h"
#include "adapters/openziti/openziti_options.h"
#include "adapters/openziti/owned_objects.h"
#include "adapters/openziti/repeats.h"
#include "adapters/openziti/runner_services.h"
#include "core/ports/clock.h"
#include "core/ports/crypto.h"
#include "core/ports/fault_points.h"
#include "core/ports/overlay.h"

namespace runners::openziti {

// The overlay of an OpenZiti controller, through its Edge APIs (lines 1.6 and 2.0). Keeps a session
// and connections, no other state: everything is found again by name and tag. Thread-safe.
class OpenZitiOverlay final : public Overlay {
 public:
  // kInvalidArgument over everything that is wrong with the options, each under the name of its
  // field. Makes no remote call. `clock`, `entropy` and `faults` must outlive the result.
  static absl::StatusOr<std::unique_ptr<OpenZitiOverlay>> Create(OpenZitiOptions options,
                                                                 const Clock& clock,
                                                                 Entropy& entropy,
                                                                 FaultPoints& faults);

  absl::Status Configured() const override { return absl::OkStatus(); }
  absl::Status Adopt(const RunnerId& runner, const InheritedObjects& inherited,
                     absl::Time deadline) override;
  absl::Status EnsureRunner(const RunnerId& runner, absl::Time deadline) override;
  absl::StatusOr<IssuedIdentity> IssueIdentity(
      const IdentityKey& key, const std::optional<std::string>& certificate_request,
      absl::Time deadline) override;
  absl::StatusOr<Removal> RemoveIdentity(const RunnerId& runner, std::int64_t generation,
                                         absl::Time deadline) override;
  absl::StatusOr<Removal> RemoveRunner(const RunnerId& runner, absl::Time deadline) override;

  // The controller's version, e.g. "v2.0.3" or "development": that somebody answers at the address
  // with a certificate we trust. Does not log in.
  absl::StatusOr<std::string> Version(absl::Time deadline);

 private:
  struct Urls {
    EdgeUrl management;
    EdgeUrl client;
    EdgeUrl runner;
  };

  OpenZitiOverlay(const OpenZitiOptions& options, const Urls& urls, const Clock& clock,
                  Entropy& entropy, FaultPoints& faults);

  const Repeats repeats_;
  EdgeClient client_;
  OwnedObjects objects_;
  CaBundle bundle_;
  ObjectAdoption adoption_;
  RunnerServices services_;
  ObjectRemoval removal_;
  IdentityIssuer issuer_;
};

}  // namespace runners::openziti

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/support/secret.h"
#include "runners/ids.h"

namespace runners {

// One generation of a runner's overlay identity. Its name in the overlay is
// `runner-<id>-g<generation>`.
struct IdentityKey {
  RunnerId runner_id;
  std::int64_t generation = 0;  // >= 1
  std::string
      attempt_id;  // UUID of the enrollment attempt that makes it; tells our leftovers from our own

  std::string name() const;  // `runner-<id>-g<generation>`
};

// A new overlay identity, enrolled.
struct IssuedIdentity {
  std::string overlay_id;  // the controller's id of the identity
  Secret identity_file;  // OpenZiti SDK identity JSON, with the private key when it was made here:
                         // answered once, never stored or logged
};

// What the earlier service made for an imported runner, by the controller's ids; empty: nothing.
// The identity is the runner's generation kInheritedGeneration.
struct InheritedObjects {
  std::string service_id;
  std::string identity_id;

  bool operator==(const InheritedObjects&) const = default;
};
inline constexpr std::int64_t kInheritedGeneration = 1;

// Whether a removal found anything to remove. Both are success.
enum class Removal { kRemoved, kNothingThere };

// The mTLS overlay network (OpenZiti) as this service needs it: one service and one Bind policy per
// runner, one identity per generation. Every operation is idempotent by the names above and may be
// repeated after any error or crash. Calls are remote and slow (seconds): never inside a database
// transaction or under a lock. Thread-safe.
//
// Errors of every method: kOverlayNotConfigured; kOverlayUnavailable (controller away, slow,
// overloaded, or `deadline` reached: the effect may or may not have happened, repeat later);
// kOverlayRejected (the controller refuses what we ask: wrong credentials, missing permission, bad
// request); kOverlayConflict (an object of that name exists and is not ours: somebody must look).
class Overlay {
 public:
  virtual ~Overlay() = default;

  // kOverlayNotConfigured when there is no overlay to talk to, else OK. Makes no remote call.
  virtual absl::Status Configured() const = 0;

  // Makes these very objects ours, with our tags and the identity under the name of its generation,
  // so that every other operation takes them for ours. Nothing else of them changes: who hosts goes
  // on. Left alone is what is gone, a service of another name, an identity of an administrator, and
  // what an installation of this service has already, be it ours.
  virtual absl::Status Adopt(const RunnerId& runner, const InheritedObjects& inherited,
                             absl::Time deadline) = 0;

  // Makes service `runner-<id>` (role attribute `runner-services`) and Bind policy
  // `runner-<id>-bind`
  // (`#runner-<id>` -> that service) exist. Both are adopted when they carry our tags.
  // What undoes it: RemoveRunner.
  virtual absl::Status EnsureRunner(const RunnerId& runner, absl::Time deadline) = 0;

  // Makes the identity and enrolls it: over the key of `certificate_request` (a PEM PKCS#10 that
  // was judged good), and the file has no `key`; without one over a P-256 key made here and
  // forgotten. An identity of that name left by another attempt is removed first (nobody has its
  // key). What undoes it: RemoveIdentity.
  virtual absl::StatusOr<IssuedIdentity> IssueIdentity(
      const IdentityKey& key, const std::optional<std::string>& certificate_request,
      absl::Time deadline) = 0;

  // Removes one generation: the identity by name (and only if it is ours), then its terminators,
  // and checks that none is left.
  virtual absl::StatusOr<Removal> RemoveIdentity(const RunnerId& runner, std::int64_t generation,
                                                 absl::Time deadline) = 0;

  // Removes everything of a runner: all its identities with their terminators, its service, its
  // policy.
  virtual absl::StatusOr<Removal> RemoveRunner(const RunnerId& runner, absl::Time deadline) = 0;
};

}  // namespace runners

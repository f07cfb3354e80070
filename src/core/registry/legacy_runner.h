#pragma once

#include <optional>

#include "absl/status/statusor.h"

#include "core/ports/crypto.h"
#include "core/ports/import_store.h"
#include "core/ports/legacy_source.h"

namespace runners {

// The status it has there, in whatever case it is written.
std::optional<RunnerStatus> StatusOf(const LegacyRunner& legacy);

// A runner of the earlier service by the rules of this one, or why it breaks them
// (kInvalidArgument over every violation; the fields are its columns there). The ids of the new
// rows come from `entropy`. A runner that was enrolled or offline without an identity in the
// overlay becomes pending: nobody can host its service.
absl::StatusOr<ImportedRunner> ReadLegacyRunner(const LegacyRunner& legacy, Entropy& entropy,
                                                const Hasher& hasher);

}  // namespace runners

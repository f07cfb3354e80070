#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"

#include "core/support/secret.h"

namespace runners::postgres {

// Adds `defaults` (libpq parameter name -> value) to a connection string or URI; what the string
// says itself wins. Of `options` both are kept, the string's last, so that it wins too. Errors:
// INVALID_ARGUMENT when libpq does not understand `dsn`; the text never repeats any of it.
absl::StatusOr<Secret> WithDefaults(const Secret& dsn,
                                    const std::map<std::string, std::string>& defaults);

}  // namespace runners::postgres

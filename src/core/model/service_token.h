#pragma once

#include <string_view>

#include "core/ports/crypto.h"
#include "core/ports/runner_store.h"
#include "core/support/secret.h"

namespace runners {

// A service token: 32 random bytes as 64 lower-case hex characters. Long-lived and reusable; the
// database keeps only the SHA-256 of those characters.
Secret NewServiceToken(Entropy& entropy);

// What is stored of `token`. `id`: a new UUID for the row.
TokenRecord RecordOf(const Secret& token, std::string id, const Hasher& hasher);

// The digest to look a presented token up by. ASCII white space around it is dropped. What is not
// of a token's form has a digest too, one that is never stored, so that every bad token takes the
// same way.
Sha256Digest DigestOfPresented(const Secret& token, const Hasher& hasher);

// True when nothing is left of the presented token once white space is dropped.
bool IsBlank(const Secret& token);

}  // namespace runners

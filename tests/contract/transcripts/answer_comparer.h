#pragma once

#include <string>

#include "tests/contract/transcripts/bindings.h"
#include "tests/contract/transcripts/difference.h"
#include "tests/contract/transcripts/transcript.h"

namespace runners::testing {

// Every way in which an answer of a replay (`status`, `body`) is not what was recorded: another
// status; a key that is missing or was never there; another type (null is one); another value,
// unless FreedomOf lets it differ. Recorded texts are translated by `bindings` first, and ids the
// answer brings are bound. Of the rows of a partial page only keys and types are compared.
// Headers are not compared.
Differences CompareAnswer(const RecordedAnswer& recorded, int status, const std::string& body,
                          Bindings& bindings);

}  // namespace runners::testing

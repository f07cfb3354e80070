#pragma once

#include <nlohmann/json.hpp>

#include "tests/contract/transcripts/bindings.h"

namespace runners::testing {

// Lists come in order of ids, and ids are new in every replay: the rows of a replay have to be
// matched with the recorded ones before they can be compared.

// Whether an answer is a page that does not hold all rows. Which ones it holds depends on the ids.
bool IsPartialPage(const nlohmann::json& answer);

// The rows of `replayed`, each at the place of the recorded row of the same id (as far as bound),
// else of the same name; rows that match none fill the places that are left, in order. A place
// nothing is left for is null.
nlohmann::json AlignedRows(const nlohmann::json& recorded, const nlohmann::json& replayed,
                           const Bindings& bindings);

// Whether every row is an object with an id and these ascend, byte by byte.
bool IdsAscend(const nlohmann::json& rows);

}  // namespace runners::testing

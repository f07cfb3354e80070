#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

#include "runners/runner.h"

namespace runners::ctl {

// `text` as it may be written to a terminal: control characters, marks that turn the direction of
// writing and bytes that are not UTF-8 are escaped byte by byte, as \x1b. What a server answers
// must not move the cursor, recolour or hide what a person reads.
std::string Printable(std::string_view text);

// How many characters `text` shows. It must be printable; wide characters count once.
std::size_t CharacterCount(std::string_view text);

// The first `most` characters, the last of them replaced by "..." when something is left out.
// `most` must be at least 3.
std::string Shortened(std::string_view text, std::size_t most);

// `text` as one word of a shell command.
std::string ShellWord(std::string_view text);

// "region=eu, team=ml"; "-" when there are none. Not yet printable.
std::string LabelsText(const Labels& labels);
std::string ListText(const std::vector<std::string>& items);
// "cluster" or the organization's id.
std::string ScopeText(const Runner& runner);

// RFC 3339 in UTC, with as many digits after the second as it has.
std::string TimeText(absl::Time time);

}  // namespace runners::ctl

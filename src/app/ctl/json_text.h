#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runners/client.h"

namespace runners::ctl {

// Which characters stay as they are in JSON. A terminal gets ASCII only, so that nothing a server
// answers can act on it.
enum class JsonCharacters { kUtf8, kAscii };

// The `-o json` form of what commands answer: stable keys, times in RFC 3339, one value with a line
// break at the end. A list is an array.
std::string RunnerJson(const Runner& runner, JsonCharacters characters);
std::string RunnersJson(const std::vector<Runner>& runners, JsonCharacters characters);
// With the token, or with the name of the file it went to.
std::string RegisteredJson(const client::Registered& registered,
                           const std::optional<std::string>& token_file, JsonCharacters characters);
std::string EnrolledJson(const client::EnrolledIdentity& identity, const std::string& file,
                         JsonCharacters characters);
std::string SelectedJson(const client::Selected& selected, JsonCharacters characters);
std::string DeletedJson(const RunnerId& id);
std::string GrantJson(const IdentityId& identity, Relation relation, const GrantObject& object);
std::string GrantsJson(const std::vector<Grant>& grants);
std::string VersionJson(std::string_view version);

}  // namespace runners::ctl

#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace runners::ctl {

// Labels and capabilities, as typed.
struct AttributeOptions {
  std::vector<std::string> labels;
  std::vector<std::string> capabilities;
};

struct AttributeFlags {
  CLI::Option* label;
  CLI::Option* capability;
};

// An option or argument that must be given. `placeholder` stands for its value in the help.
CLI::Option* DeclareRequired(CLI::App& command, const std::string& name, std::string& value,
                             const std::string& placeholder, const std::string& description);

// One that may be left away.
CLI::Option* DeclareOptional(CLI::App& command, const std::string& name,
                             std::optional<std::string>& value, const std::string& placeholder,
                             const std::string& description);

// An option that may be repeated and takes one value each time, so that what follows it is left
// alone.
CLI::Option* DeclareRepeatable(CLI::App& command, const std::string& name,
                               std::vector<std::string>& values, const std::string& placeholder,
                               const std::string& description);

// --label and --capability.
AttributeFlags DeclareAttributes(CLI::App& command, AttributeOptions& options);

}  // namespace runners::ctl

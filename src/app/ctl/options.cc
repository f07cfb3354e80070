#include "app/ctl/options.h"

namespace runners::ctl {

CLI::Option* DeclareRequired(CLI::App& command, const std::string& name, std::string& value,
                             const std::string& placeholder, const std::string& description) {
  return command.add_option(name, value, description)
      ->required()
      ->option_text(placeholder + " (required)");
}

CLI::Option* DeclareOptional(CLI::App& command, const std::string& name,
                             std::optional<std::string>& value, const std::string& placeholder,
                             const std::string& description) {
  return command.add_option(name, value, description)->option_text(placeholder);
}

CLI::Option* DeclareRepeatable(CLI::App& command, const std::string& name,
                               std::vector<std::string>& values, const std::string& placeholder,
                               const std::string& description) {
  return command.add_option(name, values, description + "; may be repeated")
      ->allow_extra_args(false)
      ->option_text(placeholder);
}

AttributeFlags DeclareAttributes(CLI::App& command, AttributeOptions& options) {
  return {
      .label = DeclareRepeatable(command, "--label", options.labels, "KEY=VALUE", "a label"),
      .capability =
          DeclareRepeatable(command, "--capability", options.capabilities, "NAME", "a capability"),
  };
}

}  // namespace runners::ctl

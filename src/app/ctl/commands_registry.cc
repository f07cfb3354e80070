#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/system/crypto.h"
#include "app/ctl/arguments.h"
#include "app/ctl/commands.h"
#include "app/ctl/common_options.h"
#include "app/ctl/failure.h"
#include "app/ctl/options.h"
#include "app/ctl/private_file.h"
#include "app/ctl/repeat.h"
#include "app/ctl/text.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::ctl {
namespace {

struct RegisterOptions {
  std::string name;
  std::optional<std::string> organization;
  AttributeOptions attributes;
  std::optional<std::string> token_out;
  bool force = false;
};

void DeclareRegister(CLI::App& command, RegisterOptions& options) {
  DeclareRequired(command, "--name", options.name, "NAME", "what people call it, unique or not");
  DeclareOptional(command, "--org", options.organization, "UUID",
                  "the organization it serves; without, it serves every organization");
  DeclareAttributes(command, options.attributes);
  CLI::Option* token_out =
      DeclareOptional(command, "--token-out", options.token_out, "FILE",
                      "write the service token to this file (mode 0600) and do not show it");
  command.add_flag("--force", options.force, "replace that file when it exists")
      ->needs(token_out)
      ->option_text(" ");
}

absl::StatusOr<client::NewRunner> NewRunnerOf(const RegisterOptions& options) {
  client::NewRunner runner;
  RUNNERS_ASSIGN_OR_RETURN(runner.name, ParseText("--name", options.name));
  RUNNERS_ASSIGN_OR_RETURN(runner.organization_id,
                           ParseOptionalId<OrganizationId>("--org", options.organization));
  RUNNERS_ASSIGN_OR_RETURN(runner.labels, ParseLabels("--label", options.attributes.labels));
  RUNNERS_ASSIGN_OR_RETURN(runner.capabilities,
                           ParseTexts("--capability", options.attributes.capabilities));
  runner.request_id = RequestId::Parse(system::OsEntropy().NewUuid());
  return runner;
}

void PrintEnrollStep(const std::string& token_file, const Session& session) {
  std::string command = "runnersctl";
  if (session.server != kDefaultServer) command += " --server " + ShellWord(session.server);
  command += " enroll --token-file " + ShellWord(token_file) + " --out identity.json";
  session.printer.PrintNextStep("Next, where the runner is, trade the token for its identity:",
                                command);
}

absl::Status Register(const RegisterOptions& options, const Session& session) {
  RUNNERS_ASSIGN_OR_RETURN(const client::NewRunner runner, NewRunnerOf(options));
  if (!options.token_out && session.printer.format() == OutputFormat::kIds) {
    return UsageFailure("--quiet shows no token, and it cannot be had later: give --token-out");
  }
  std::unique_ptr<PrivateFile> file;
  if (options.token_out) {
    RUNNERS_ASSIGN_OR_RETURN(
        file, PrivateFile::Reserve(*options.token_out, IfExistsOf(options.force), kTokenFileBytes));
  }
  RUNNERS_ASSIGN_OR_RETURN(const client::Registered registered,
                           RepeatRegistration({.limit = session.timeout, .each = session.timeout},
                                              session.world, [&](absl::Duration timeout) {
                                                return session.service.Register(runner, timeout);
                                              }));
  if (file) {
    const absl::Status kept = file->Commit(registered.service_token + "\n");
    if (!kept.ok()) {
      return LocalFailure(std::string(MessageOf(kept)) + "; runner " + registered.runner.id.text() +
                          " is registered and its token is lost: delete it and register again");
    }
  }
  session.printer.PrintRegistered(registered, options.token_out);
  PrintEnrollStep(options.token_out.value_or("TOKEN_FILE"), session);
  return absl::OkStatus();
}

struct GetOptions {
  std::string id;
};

void DeclareGet(CLI::App& command, GetOptions& options) {
  DeclareRequired(command, "ID", options.id, "UUID", "of the runner");
}

absl::Status Get(const GetOptions& options, const Session& session) {
  RUNNERS_ASSIGN_OR_RETURN(const RunnerId id, ParseId<RunnerId>("ID", options.id));
  RUNNERS_ASSIGN_OR_RETURN(const Runner runner, session.service.Get(id));
  session.printer.PrintRunner(runner);
  return absl::OkStatus();
}

struct ListOptions {
  std::optional<std::string> organization;
  std::vector<std::string> statuses;
  AttributeOptions attributes;
  std::optional<std::string> name_prefix;
  std::optional<std::string> limit;
};

void DeclareList(CLI::App& command, ListOptions& options) {
  DeclareOptional(command, "--org", options.organization, "UUID",
                  "that serve this organization: its own and cluster-scoped ones");
  DeclareRepeatable(command, "--status", options.statuses, "STATUS",
                    "pending, enrolled or offline, or any of those given");
  DeclareAttributes(command, options.attributes);
  DeclareOptional(command, "--name-prefix", options.name_prefix, "TEXT", "names that begin so");
  DeclareOptional(command, "--limit", options.limit, "COUNT", "at most so many (all)");
}

absl::StatusOr<client::RunnerFilter> FilterOf(const ListOptions& options) {
  client::RunnerFilter filter;
  RUNNERS_ASSIGN_OR_RETURN(filter.organization_id,
                           ParseOptionalId<OrganizationId>("--org", options.organization));
  RUNNERS_ASSIGN_OR_RETURN(filter.statuses, ParseStatuses("--status", options.statuses));
  RUNNERS_ASSIGN_OR_RETURN(filter.labels, ParseLabels("--label", options.attributes.labels));
  RUNNERS_ASSIGN_OR_RETURN(filter.capabilities,
                           ParseTexts("--capability", options.attributes.capabilities));
  RUNNERS_ASSIGN_OR_RETURN(filter.name_prefix,
                           ParseText("--name-prefix", options.name_prefix.value_or("")));
  return filter;
}

absl::Status List(const ListOptions& options, const Session& session) {
  RUNNERS_ASSIGN_OR_RETURN(const client::RunnerFilter filter, FilterOf(options));
  std::optional<std::size_t> limit;
  if (options.limit) {
    RUNNERS_ASSIGN_OR_RETURN(limit, ParseCount("--limit", *options.limit));
  }
  RUNNERS_ASSIGN_OR_RETURN(const std::vector<Runner> runners,
                           session.service.ListAll(filter, limit));
  session.printer.PrintRunners(runners);
  return absl::OkStatus();
}

struct UpdateOptions {
  std::string id;
  std::optional<std::string> name;
  AttributeOptions attributes;
  bool clear_labels = false;
  bool clear_capabilities = false;
  std::optional<std::string> etag;
};

void DeclareUpdate(CLI::App& command, UpdateOptions& options) {
  DeclareRequired(command, "ID", options.id, "UUID", "of the runner");
  DeclareOptional(command, "--name", options.name, "NAME", "its new name");
  const AttributeFlags attributes = DeclareAttributes(command, options.attributes);
  command.add_flag("--clear-labels", options.clear_labels, "take all labels away")
      ->excludes(attributes.label)
      ->option_text(" ");
  command
      .add_flag("--clear-capabilities", options.clear_capabilities, "take all capabilities away")
      ->excludes(attributes.capability)
      ->option_text(" ");
  DeclareOptional(command, "--etag", options.etag, "ETAG", "only while the runner has this etag");
  command.footer(
      "Labels given replace all labels it has, capabilities given all capabilities;\n"
      "what is not named stays.\n\n" +
      command.get_footer());
}

absl::StatusOr<client::Edit> EditOf(const UpdateOptions& options) {
  client::Edit edit;
  if (options.name) {
    RUNNERS_ASSIGN_OR_RETURN(edit.name, ParseText("--name", *options.name));
  }
  const AttributeOptions& given = options.attributes;
  if (options.clear_labels || !given.labels.empty()) {
    RUNNERS_ASSIGN_OR_RETURN(edit.labels, ParseLabels("--label", given.labels));
  }
  if (options.clear_capabilities || !given.capabilities.empty()) {
    RUNNERS_ASSIGN_OR_RETURN(edit.capabilities, ParseTexts("--capability", given.capabilities));
  }
  if (!edit.name && !edit.labels && !edit.capabilities) {
    return UsageFailure("there is nothing to change: give --name, --label or --capability");
  }
  RUNNERS_ASSIGN_OR_RETURN(edit.etag, ParseEtag("--etag", options.etag));
  return edit;
}

absl::Status Update(const UpdateOptions& options, const Session& session) {
  RUNNERS_ASSIGN_OR_RETURN(const RunnerId id, ParseId<RunnerId>("ID", options.id));
  RUNNERS_ASSIGN_OR_RETURN(const client::Edit edit, EditOf(options));
  RUNNERS_ASSIGN_OR_RETURN(const Runner runner, session.service.Update(id, edit));
  session.printer.PrintRunner(runner);
  return absl::OkStatus();
}

struct DeleteOptions {
  std::string id;
  std::optional<std::string> etag;
};

void DeclareDelete(CLI::App& command, DeleteOptions& options) {
  DeclareRequired(command, "ID", options.id, "UUID", "of the runner");
  DeclareOptional(command, "--etag", options.etag, "ETAG", "only while the runner has this etag");
}

absl::Status Delete(const DeleteOptions& options, const Session& session) {
  RUNNERS_ASSIGN_OR_RETURN(const RunnerId id, ParseId<RunnerId>("ID", options.id));
  RUNNERS_ASSIGN_OR_RETURN(const std::optional<std::string> etag,
                           ParseEtag("--etag", options.etag));
  RUNNERS_RETURN_IF_ERROR(session.service.Delete(id, etag));
  session.printer.PrintDeleted(id);
  return absl::OkStatus();
}

}  // namespace

void AddRegistryCommands(Commands& commands) {
  AddCommand(commands, "register", "Register a runner and get its service token, this once.",
             DeclareRegister, Register);
  AddCommand(commands, "get", "Show a runner.", DeclareGet, Get);
  AddCommand(commands, "list", "List runners you may see, the oldest first.", DeclareList, List);
  AddCommand(commands, "update", "Edit a runner's name, labels or capabilities.", DeclareUpdate,
             Update);
  AddCommand(commands, "delete", "Delete a runner; its token is dead at once.", DeclareDelete,
             Delete);
}

}  // namespace runners::ctl

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "adapters/system/x509.h"
#include "app/ctl/arguments.h"
#include "app/ctl/commands.h"
#include "app/ctl/failure.h"
#include "app/ctl/options.h"
#include "app/ctl/private_file.h"
#include "app/ctl/repeat.h"
#include "core/support/ascii.h"
#include "core/support/status_macros.h"
#include "core/support/utf8.h"

namespace runners::ctl {
namespace {

// The controller knows the identity by its id; the name in the certificate is nobody's key.
constexpr char kRequestName[] = "runner";

struct EnrollOptions {
  std::string token_file;
  std::string out;
  bool force = false;
  bool server_key = false;
  std::optional<std::string> wait;
};

void DeclareEnroll(CLI::App& command, EnrollOptions& options) {
  DeclareRequired(command, "--token-file", options.token_file, "FILE",
                  "holds the service token; - for standard input");
  DeclareRequired(command, "--out", options.out, "FILE", "to write the identity to (mode 0600)");
  command.add_flag("--force", options.force, "replace that file when it exists");
  command.add_flag(
      "--server-key", options.server_key,
      "let the service make the private key; otherwise it is made here and stays here");
  DeclareOptional(command, "--wait", options.wait, "TIME",
                  "repeat it for so long, such as 2m, after trouble that may pass");
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  if (LooksLikeServiceToken(path)) {
    return UsageFailure(
        "--token-file must name a file, and a service token is given: put it in one");
  }
  RUNNERS_ASSIGN_OR_RETURN(const std::string content, ReadSmallFile(path));
  const std::string token(Trimmed(content));
  const std::string name = path == "-" ? "standard input" : path;
  if (token.empty()) return LocalFailure(name + " is empty: it must hold a token");
  if (!IsPlainUtf8(token)) return LocalFailure(name + " does not hold a service token");
  return token;
}

// The identity file that was answered to a certificate request, with the key the request is over.
absl::StatusOr<std::string> WithKey(const std::string& identity_json, const Secret& key_pem) {
  nlohmann::json file = nlohmann::json::parse(identity_json, nullptr, false);
  const auto id = file.is_object() ? file.find("id") : file.end();
  if (id == file.end() || !id->is_object() || !id->contains("cert"))
    return LocalFailure("the service answered something that is no identity file");
  if (id->contains("key")) {
    return LocalFailure(
        "the service made a private key although it was not to: it is too old for a key that stays "
        "here; --server-key takes the one it makes");
  }
  (*id)["key"] = "pem:" + key_pem.Reveal();
  return file.dump();
}

absl::Status Enroll(const EnrollOptions& options, const Session& session) {
  Patience patience{.limit = absl::ZeroDuration(), .each = session.timeout};
  if (options.wait) {
    RUNNERS_ASSIGN_OR_RETURN(patience.limit, ParseDuration("--wait", *options.wait));
  }
  RUNNERS_ASSIGN_OR_RETURN(const std::string token, ReadToken(options.token_file));
  RUNNERS_ASSIGN_OR_RETURN(
      const std::unique_ptr<PrivateFile> file,
      PrivateFile::Reserve(options.out, IfExistsOf(options.force), kIdentityFileBytes));
  std::optional<system::KeyAndRequest> own;
  if (!options.server_key) {
    own = system::MakeKeyAndRequest(kRequestName);
    if (!own) return LocalFailure("a private key could not be made");
  }
  const auto enroll = [&](absl::Duration timeout) {
    return own ? session.service.EnrollWithRequest(token, own->csr_pem, timeout)
               : session.service.Enroll(token, timeout);
  };
  RUNNERS_ASSIGN_OR_RETURN(const client::EnrolledIdentity identity,
                           RepeatEnrollment(patience, session.world, enroll));
  std::string content = identity.identity_json;
  if (own) {
    RUNNERS_ASSIGN_OR_RETURN(content, WithKey(identity.identity_json, own->key_pem));
  }
  RUNNERS_RETURN_IF_ERROR(file->Commit(content));
  session.printer.PrintEnrolled(identity, options.out);
  return absl::OkStatus();
}

}  // namespace

void AddEnrollmentCommands(Commands& commands) {
  AddCommand(commands, "enroll", "Trade a service token for the runner's OpenZiti identity.",
             DeclareEnroll, Enroll);
}

}  // namespace runners::ctl

#include "app/ctl/printer.h"

#include "app/ctl/json_text.h"
#include "app/ctl/table.h"
#include "app/ctl/text.h"

namespace runners::ctl {
namespace {

JsonCharacters CharactersFor(Audience audience) {
  return audience == Audience::kTerminal ? JsonCharacters::kAscii : JsonCharacters::kUtf8;
}

std::string MinuteText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", time, absl::UTCTimeZone());
}

std::vector<Field> FieldsOf(const Runner& runner) {
  return {
      {"ID", runner.id.text()},
      {"Name", runner.name},
      {"Scope", runner.organization_id ? "organization " + ScopeText(runner) : ScopeText(runner)},
      {"Status", std::string(RunnerStatusName(runner.status))},
      {"Labels", LabelsText(runner.labels)},
      {"Capabilities", ListText(runner.capabilities)},
      {"OpenZiti service", OverlayServiceName(runner.id)},
      {"Etag", runner.etag},
      {"Created", TimeText(runner.created_at)},
      {"Updated", TimeText(runner.updated_at)},
  };
}

void PrintRegisteredFields(const client::Registered& registered,
                           const std::optional<std::string>& token_file, std::ostream& out) {
  std::vector<Field> fields = FieldsOf(registered.runner);
  if (token_file) fields.push_back({"Service token", "in " + *token_file});
  PrintFields(fields, out);
  if (token_file) return;
  out << "\nThe service token, shown this once; it cannot be had later:\n"
      << Printable(registered.service_token) << '\n';
}

void PrintRunnerTable(const std::vector<Runner>& runners, std::ostream& out) {
  if (runners.empty()) {
    out << "No runners.\n";
    return;
  }
  Table table({{"ID"},
               {"NAME", 32},
               {"SCOPE"},
               {"STATUS"},
               {"LABELS", 48},
               {"CAPABILITIES", 32},
               {"CREATED (UTC)"}});
  for (const Runner& runner : runners) {
    table.AddRow({runner.id.text(), runner.name, ScopeText(runner),
                  std::string(RunnerStatusName(runner.status)), LabelsText(runner.labels),
                  ListText(runner.capabilities), MinuteText(runner.created_at)});
  }
  table.Print(out);
}

void PrintGrantTable(const std::vector<Grant>& grants, std::ostream& out) {
  if (grants.empty()) {
    out << "No grants.\n";
    return;
  }
  constexpr std::size_t kObjectCharacters = 49;  // "organization:" and a UUID
  Table table({{"IDENTITY"}, {"RELATION"}, {"OBJECT", kObjectCharacters}, {"CREATED (UTC)"}});
  for (const Grant& grant : grants) {
    table.AddRow({grant.identity_id.text(), std::string(RelationName(grant.relation)),
                  grant.object.text(), MinuteText(grant.created_at)});
  }
  table.Print(out);
}

std::string GrantSentence(GrantChange change, const Grant& grant) {
  const std::string relation(RelationName(grant.relation));
  const std::string what = relation + " of " + grant.object.text();
  switch (change) {
    case GrantChange::kGranted:
      return grant.identity_id.text() + " is " + what;
    case GrantChange::kRevoked:
      return grant.identity_id.text() + " is no longer " + what;
  }
  return what;
}

}  // namespace

void Printer::PrintRunner(const Runner& runner) const {
  switch (format_) {
    case OutputFormat::kTable:
      PrintFields(FieldsOf(runner), out_);
      return;
    case OutputFormat::kJson:
      out_ << RunnerJson(runner, CharactersFor(audience_));
      return;
    case OutputFormat::kIds:
      out_ << runner.id.text() << '\n';
      return;
  }
}

void Printer::PrintRunners(const std::vector<Runner>& runners) const {
  switch (format_) {
    case OutputFormat::kTable:
      PrintRunnerTable(runners, out_);
      return;
    case OutputFormat::kJson:
      out_ << RunnersJson(runners, CharactersFor(audience_));
      return;
    case OutputFormat::kIds:
      for (const Runner& runner : runners) out_ << runner.id.text() << '\n';
      return;
  }
}

void Printer::PrintRegistered(const client::Registered& registered,
                              const std::optional<std::string>& token_file) const {
  switch (format_) {
    case OutputFormat::kTable:
      PrintRegisteredFields(registered, token_file, out_);
      return;
    case OutputFormat::kJson:
      out_ << RegisteredJson(registered, token_file, CharactersFor(audience_));
      return;
    case OutputFormat::kIds:
      PrintRunner(registered.runner);
      return;
  }
}

void Printer::PrintNextStep(std::string_view explanation, std::string_view command) const {
  if (format_ != OutputFormat::kTable || audience_ != Audience::kTerminal) return;
  out_ << '\n' << explanation << "\n  " << Printable(command) << '\n';
}

void Printer::PrintEnrolled(const client::EnrolledIdentity& identity,
                            const std::string& file) const {
  switch (format_) {
    case OutputFormat::kTable:
      PrintFields({{"Identity file", file},
                   {"OpenZiti service", identity.service_name},
                   {"OpenZiti identity", identity.overlay_identity_id}},
                  out_);
      return;
    case OutputFormat::kJson:
      out_ << EnrolledJson(identity, file, CharactersFor(audience_));
      return;
    case OutputFormat::kIds:
      out_ << Printable(identity.overlay_identity_id) << '\n';
      return;
  }
}

void Printer::PrintSelected(const client::Selected& selected) const {
  switch (format_) {
    case OutputFormat::kTable:
      PrintRunner(selected.runner);
      if (selected.candidate_count) {
        out_ << "One of " << *selected.candidate_count << " that qualify.\n";
      }
      return;
    case OutputFormat::kJson:
      out_ << SelectedJson(selected, CharactersFor(audience_));
      return;
    case OutputFormat::kIds:
      PrintRunner(selected.runner);
      return;
  }
}

void Printer::PrintDeleted(const RunnerId& id) const {
  switch (format_) {
    case OutputFormat::kTable:
      out_ << "Deleted runner " << id.text() << ".\n";
      return;
    case OutputFormat::kJson:
      out_ << DeletedJson(id);
      return;
    case OutputFormat::kIds:
      out_ << id.text() << '\n';
      return;
  }
}

void Printer::PrintGrantChange(GrantChange change, const Grant& grant) const {
  switch (format_) {
    case OutputFormat::kTable:
      out_ << GrantSentence(change, grant) << ".\n";
      return;
    case OutputFormat::kJson:
      out_ << GrantJson(grant.identity_id, grant.relation, grant.object);
      return;
    case OutputFormat::kIds:
      out_ << grant.identity_id.text() << '\n';
      return;
  }
}

void Printer::PrintGrants(const std::vector<Grant>& grants) const {
  switch (format_) {
    case OutputFormat::kTable:
      PrintGrantTable(grants, out_);
      return;
    case OutputFormat::kJson:
      out_ << GrantsJson(grants);
      return;
    case OutputFormat::kIds:
      for (const Grant& grant : grants) out_ << grant.identity_id.text() << '\n';
      return;
  }
}

void Printer::PrintVersion(std::string_view version) const {
  switch (format_) {
    case OutputFormat::kTable:
      out_ << "runnersctl " << version << '\n';
      return;
    case OutputFormat::kJson:
      out_ << VersionJson(version);
      return;
    case OutputFormat::kIds:
      out_ << version << '\n';
      return;
  }
}

}  // namespace runners::ctl

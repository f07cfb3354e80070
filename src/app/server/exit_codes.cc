#include "app/server/exit_codes.h"

#include "core/support/error.h"

namespace runners::server {

int ReportFailure(const absl::Status& failure, std::ostream& err) {
  err << "runners: " << MessageOf(failure) << std::endl;
  return kExitFailed;
}

int ReportSettings(const absl::Status& failure, std::ostream& err) {
  for (const FieldViolation& violation : DetailOf(failure).violations) {
    err << "runners: " << violation.field << " " << violation.description << "\n";
  }
  err << "runners: `runners settings` explains every setting" << std::endl;
  return kExitSettings;
}

}  // namespace runners::server

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/edge_objects.h"
#include "adapters/openziti/edge_session.h"
#include "adapters/openziti/edge_url.h"
#include "adapters/openziti/http_client.h"
#include "adapters/openziti/openziti_options.h"
#include "core/ports/clock.h"
#include "core/ports/fault_points.h"
#include "core/ports/overlay.h"

namespace runners::openziti {

// The calls of OpenZiti's Edge APIs that this service makes, one request each (a list: one a page),
// repeated only once and only after a 401 (and by libcurl, when a connection it kept turns out to
// be closed). Thread-safe.
//
// Errors of every call: kOverlayUnavailable (no answer, overload, garbage, `deadline` reached: the
// effect may or may not have happened), kOverlayRejected (refused, after one new login if that may
// help).
class EdgeClient {
 public:
  // `clock` and `faults` must outlive this. After every write the controller has answered a fault
  // point is reached: `controller.services_created`, `controller.identity_enrolled` and so on.
  EdgeClient(const OpenZitiOptions& options, EdgeUrl management, EdgeUrl client, const Clock& clock,
             FaultPoints& faults);

  // Every object a filter finds (see filter.h), all pages.
  absl::StatusOr<std::vector<EdgeObject>> List(EdgeCollection collection, const std::string& filter,
                                               absl::Time deadline);

  // The object of that name; names are unique within services, policies and identities.
  absl::StatusOr<std::optional<EdgeObject>> FindByName(EdgeCollection collection,
                                                       const std::string& name,
                                                       absl::Time deadline);

  // By id; nothing when it does not exist.
  absl::StatusOr<std::optional<EdgeObject>> Get(EdgeCollection collection, const std::string& id,
                                                absl::Time deadline);

  // The id of the new object.
  absl::StatusOr<std::string> Create(EdgeCollection collection, const nlohmann::json& fields,
                                     absl::Time deadline);

  // Changes the fields given.
  absl::Status Patch(EdgeCollection collection, const std::string& id, const nlohmann::json& fields,
                     absl::Time deadline);

  // That the object does not exist is success.
  absl::StatusOr<Removal> Delete(EdgeCollection collection, const std::string& id,
                                 absl::Time deadline);

  // Trades a one-time token and a request (one PEM block and nothing after it) for a certificate:
  // leaf, then intermediates, PEM. The token is used up by the first success.
  absl::StatusOr<std::string> Enroll(const std::string& one_time_token, const std::string& csr_pem,
                                     absl::Time deadline);

  // The bundle that verifies the controller and its identities, PEM.
  absl::StatusOr<std::string> CaBundle(absl::Time deadline);

  // `data.version`, e.g. "v2.0.3". Needs no session.
  absl::StatusOr<std::string> Version(absl::Time deadline);

 private:
  absl::StatusOr<HttpResponse> SendPlain(const HttpRequest& request, absl::Time deadline);
  absl::StatusOr<HttpResponse> SendInSession(HttpRequest request, absl::Time deadline);
  absl::StatusOr<HttpResponse> SendAs(const SessionTicket& session, HttpRequest request,
                                      absl::Time deadline);
  std::string UrlOf(EdgeCollection collection, std::string_view id) const;
  void ReachWritten(EdgeCollection collection, const char* verb);

  const OpenZitiOptions options_;
  const EdgeUrl management_;
  const EdgeUrl client_;
  const Clock& clock_;   // outlives this
  FaultPoints& faults_;  // outlives this
  HttpClient http_;
  EdgeSession session_;
};

}  // namespace runners::openziti

#include "adapters/openziti/edge_session.h"

#include <algorithm>
#include <utility>

#include "adapters/openziti/edge_errors.h"
#include "adapters/openziti/envelope.h"

namespace runners::openziti {
namespace {

// While the controller is away nobody waits longer than this for the next try to log in.
constexpr absl::Duration kLongestPauseWhileAway = absl::Seconds(5);
// After a permission turned out to be missing, 401 means just that for so long.
constexpr absl::Duration kRefusalsBelieved = absl::Seconds(30);
// A request that was given the rest of its caller's time ends this close to the deadline.
constexpr absl::Duration kClockGrain = absl::Milliseconds(20);
// Taken for a session whose life the controller does not state.
constexpr absl::Duration kUnstatedLife = absl::Minutes(1);

HttpClientOptions WithClientCertificate(const OpenZitiOptions& options) {
  HttpClientOptions http;
  http.ca_file = options.ca_file;
  http.certificate_file = options.certificate_file;
  http.key_file = options.key_file;
  http.connect_timeout = options.connect_timeout;
  return http;
}

// A token goes into a header line: anything but printable ASCII would end or break it.
bool IsHeaderValue(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

absl::Duration LifeOf(const nlohmann::json& data) {
  const auto seconds = data.find("expirationSeconds");
  if (seconds == data.end() || !seconds->is_number()) return kUnstatedLife;
  const double value = seconds->get<double>();
  return value > 0 ? absl::Seconds(value) : kUnstatedLife;
}

}  // namespace

EdgeSession::EdgeSession(const OpenZitiOptions& options, EdgeUrl url, const Clock& clock)
    : options_(options),
      url_(std::move(url)),
      clock_(clock),
      http_(WithClientCertificate(options)) {}

absl::StatusOr<SessionTicket> EdgeSession::Use(absl::Time deadline) {
  const MutexLock lock(mutex_);
  while (true) {
    const absl::Time now = clock_.Now();
    std::optional<SessionTicket> alive = AliveLocked(now);
    if (alive && (now < session_->renew_at || logging_in_ || now < no_login_before_))
      return *std::move(alive);
    if (logging_in_) {
      if (now >= deadline)
        return UnavailableError("the log-in at the overlay controller takes too long");
      login_ended_.WaitFor(mutex_, absl::ToChronoNanoseconds(deadline - now));
      continue;
    }
    if (now < no_login_before_) return last_failure_;
    return LogInAlone(deadline);
  }
}

absl::StatusOr<SessionTicket> EdgeSession::Replace(const SessionTicket& refused,
                                                   absl::Time deadline) {
  {
    const MutexLock lock(mutex_);
    if (clock_.Now() < trust_refusals_until_)
      return RejectedError("the overlay controller does not give this service the permission");
    if (session_ && session_->serial == refused.serial) session_.reset();
  }
  return Use(deadline);
}

void EdgeSession::StillRefused() {
  const MutexLock lock(mutex_);
  trust_refusals_until_ = clock_.Now() + kRefusalsBelieved;
}

std::optional<SessionTicket> EdgeSession::AliveLocked(absl::Time now) const {
  if (!session_ || now >= session_->ends_at) return std::nullopt;
  return SessionTicket{session_->token, session_->serial};
}

absl::StatusOr<SessionTicket> EdgeSession::LogInAlone(absl::Time deadline) {
  logging_in_ = true;
  mutex_.Unlock();
  absl::StatusOr<Session> outcome = LogIn(deadline);
  mutex_.Lock();
  logging_in_ = false;
  // A log-in that had to end with its caller's time says nothing of the controller to others.
  const bool cut_short =
      !outcome.ok() && IsPassing(outcome.status()) && clock_.Now() + kClockGrain >= deadline;
  if (cut_short) {
    last_failure_ = outcome.status();
  } else {
    RecordLocked(std::move(outcome));
  }
  login_ended_.NotifyAll();

  std::optional<SessionTicket> alive = AliveLocked(clock_.Now());
  if (alive) return *std::move(alive);
  return last_failure_;
}

absl::StatusOr<EdgeSession::Session> EdgeSession::LogIn(absl::Time deadline) {
  const absl::Time started = clock_.Now();
  const absl::Duration limit = std::min(deadline - started, options_.request_timeout);
  if (limit <= absl::ZeroDuration())
    return UnavailableError("no time is left to log in at the overlay controller");
  const absl::StatusOr<HttpResponse> response = http_.Send(LoginRequest(), limit);
  if (!response.ok()) return response.status();
  if (response->status != 200) return ErrorOfAnswer(*response, "log in");

  const std::optional<nlohmann::json> data = DataOf(*response);
  const std::string token = data ? TextAt(*data, "token") : "";
  if (!IsHeaderValue(token))
    return UnavailableError("the overlay controller answered the log-in with garbage");
  const absl::Duration life = LifeOf(*data);
  return Session{Secret(token), 0, started + life * options_.session_renewal, started + life};
}

void EdgeSession::RecordLocked(absl::StatusOr<Session> outcome) {
  if (outcome.ok()) {
    session_ = *std::move(outcome);
    session_->serial = ++logins_;
    pause_ = absl::ZeroDuration();
    last_failure_ = UnavailableError("the session at the overlay controller ended at once");
    return;
  }
  last_failure_ = outcome.status();
  const bool away = IsPassing(last_failure_);
  const absl::Duration first =
      away ? options_.first_login_pause : options_.first_refused_login_pause;
  const absl::Duration longest = away ? kLongestPauseWhileAway : options_.longest_login_pause;
  pause_ = std::min(std::max(first, 2 * pause_), longest);
  no_login_before_ = clock_.Now() + pause_;
}

HttpRequest EdgeSession::LoginRequest() const {
  const bool with_certificate = !options_.certificate_file.empty();
  nlohmann::json body = nlohmann::json::object();
  if (!with_certificate) {
    body["username"] = options_.username;
    body["password"] = options_.password.Reveal();
  }
  HttpRequest request;
  request.method = HttpMethod::kPost;
  request.url =
      url_.management() + "/authenticate?method=" + (with_certificate ? "cert" : "password");
  request.headers = {"Content-Type: application/json", "Accept: application/json"};
  request.body = body.dump();
  return request;
}

}  // namespace runners::openziti

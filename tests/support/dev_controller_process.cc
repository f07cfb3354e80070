#include "tests/support/dev_controller_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace runners::testing {
namespace {

constexpr std::chrono::seconds kStartLimit{30};
constexpr char kPasswordVariable[] = "DEV_CONTROLLER_ADMIN_PASSWORD";

// The port of `https://127.0.0.1:PORT/...`.
std::string PortOf(const std::string& url) {
  const std::size_t colon = url.find(':', std::string("https://").size());
  if (colon == std::string::npos) return "0";
  return url.substr(colon + 1, url.find('/', colon) - colon - 1);
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// This process' environment with the password in it.
std::vector<std::string> EnvironmentWith(const Secret& password) {
  std::vector<std::string> environment = {std::string(kPasswordVariable) + "=" + password.Reveal()};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (text.rfind(std::string(kPasswordVariable) + "=", 0) != 0) environment.push_back(text);
  }
  return environment;
}

int AwaitEnd(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

DevControllerProcess::DevControllerProcess(DevControllerOptions options)
    : options_(std::move(options)), log_file_(folder_.path() + "/dev_controller.log") {
  Start();
}

DevControllerProcess::~DevControllerProcess() {
  Kill();
}

void DevControllerProcess::Start() {
  if (pid_ != 0) throw std::runtime_error("the development controller runs already");
  Spawn();
  TakeReadyLine(AwaitReadyLine());
}

void DevControllerProcess::Stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGTERM);
  const int status = AwaitEnd(std::exchange(pid_, 0));
  close(std::exchange(output_, -1));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) Fail("did not stop when told to");
}

void DevControllerProcess::Kill() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  AwaitEnd(std::exchange(pid_, 0));
  close(std::exchange(output_, -1));
}

int DevControllerProcess::AwaitExit() {
  const int status = AwaitEnd(std::exchange(pid_, 0));
  close(std::exchange(output_, -1));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void DevControllerProcess::Freeze() {
  kill(pid_, SIGSTOP);
}

void DevControllerProcess::Thaw() {
  kill(pid_, SIGCONT);
}

std::string DevControllerProcess::log(std::size_t from) const {
  std::ifstream file(log_file_);
  file.seekg(static_cast<std::streamoff>(from));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void DevControllerProcess::Spawn() {
  std::vector<std::string> arguments = {
      options_.binary, "--state-dir",       folder_.path() + "/state",
      "--admin-user",  username_,           "--line",
      options_.line,   "--management-port", PortOf(management_url_),
      "--client-port", PortOf(client_url_)};
  if (options_.session_timeout) {
    arguments.push_back("--session-timeout");
    arguments.push_back(std::to_string(absl::ToInt64Seconds(*options_.session_timeout)));
  }
  if (options_.oidc_deletes) arguments.emplace_back("--oidc-deletes");
  std::vector<std::string> environment = EnvironmentWith(password_);
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);
  int output[2] = {-1, -1};
  if (pipe2(output, O_CLOEXEC) != 0) Fail("no pipe");
  const int log = open(log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = fork();
  if (pid_ == 0) {  // only what is safe after fork() from here
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output[1], STDOUT_FILENO);
    if (log >= 0) dup2(log, STDERR_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(output[1]);
  if (log >= 0) close(log);
  output_ = output[0];
  if (pid_ < 0) {
    pid_ = 0;
    Fail("cannot be started");
  }
}

std::string DevControllerProcess::AwaitReadyLine() {
  const auto limit = std::chrono::steady_clock::now() + kStartLimit;
  std::string text;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        limit - std::chrono::steady_clock::now());
    pollfd waiting{output_, POLLIN, 0};
    if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0)
      Fail("was not ready in time");
    char buffer[1024];
    const ssize_t size = read(output_, buffer, sizeof(buffer));
    if (size <= 0) Fail("ended before it was ready");
    text.append(buffer, static_cast<std::size_t>(size));
    const std::size_t start = text.rfind("ready ", 0) == 0 ? 0 : text.find("\nready ");
    if (start == std::string::npos) continue;
    const std::size_t end = text.find('\n', start + 1);
    if (end != std::string::npos) return text.substr(start, end - start);
  }
}

void DevControllerProcess::TakeReadyLine(const std::string& line) {
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    if (key == "management") management_url_ = value;
    if (key == "client") client_url_ = value;
    if (key == "ca") ca_file_ = value;
  }
  if (management_url_.empty() || client_url_.empty() || ca_file_.empty())
    Fail("said something else than it should: " + line);
}

void DevControllerProcess::Fail(const std::string& what) {
  Kill();
  std::string log;
  try {
    log = FileContent(log_file_);
  } catch (const std::runtime_error&) {
    log = "(no log)";
  }
  throw std::runtime_error("the development controller " + what + "\n" + log);
}

}  // namespace runners::testing

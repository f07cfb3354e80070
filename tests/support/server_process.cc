#include "tests/support/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <thread>
#include <utility>

#include "gtest/gtest.h"

#include "tests/support/log_secrets.h"

namespace runners::testing {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kStartLimit{60};
constexpr std::chrono::seconds kLogLimit{30};
constexpr std::chrono::milliseconds kPollInterval{10};
constexpr std::string_view kReady = "ready grpc=";

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What the child keeps of this process' environment, and the variables given; empty ones are left
// out.
std::vector<std::string> EnvironmentOf(const std::map<std::string, std::string>& given) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    const bool sanitizer = name.find("SAN_OPTIONS") != std::string::npos;
    if ((name == "PATH" || sanitizer) && given.count(name) == 0) variables.push_back(text);
  }
  for (const auto& [name, value] : given) {
    if (!value.empty()) variables.push_back(name + "=" + value);
  }
  return variables;
}

// Starts a program with its standard output and error at these descriptors; 0 when it cannot fork.
pid_t SpawnProgram(std::vector<std::string> arguments, std::vector<std::string> variables, int out,
                   int err) {
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(variables);
  const pid_t pid = fork();
  if (pid == 0) {  // only what is safe after fork() from here
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  return pid < 0 ? 0 : pid;
}

int OpenToAppend(const std::string& path) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

int AwaitEnd(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

int ExitCodeOf(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int Occurrences(const std::string& text, std::string_view wanted) {
  int count = 0;
  for (std::size_t at = text.find(wanted); at != std::string::npos;
       at = text.find(wanted, at + wanted.size())) {
    ++count;
  }
  return count;
}

}  // namespace

ServerProcess::ServerProcess(ServerOptions options, Begin begin)
    : options_(std::move(options)), log_file_(folder_.path() + "/runners.log") {
  Launch();
  if (begin == Begin::kReady) AwaitReady();
}

ServerProcess::~ServerProcess() {
  Kill();
  for (const std::string& secret : SecretsInLog(log(), options_.environment)) {
    ADD_FAILURE() << "the server has logged " << secret;
  }
}

void ServerProcess::Start(const std::map<std::string, std::string>& changed) {
  Launch(changed);
  AwaitReady();
}

void ServerProcess::Launch(const std::map<std::string, std::string>& changed) {
  for (const auto& [name, value] : changed) options_.environment[name] = value;
  if (IsRunning()) throw std::runtime_error("the server runs already");
  Kill();  // puts away what is left of the last start
  address_.clear();
  said_.clear();
  status_.reset();
  Spawn();
}

void ServerProcess::Spawn() {
  int output[2] = {-1, -1};
  if (pipe2(output, O_CLOEXEC) != 0) Fail("no pipe");
  const int log = OpenToAppend(log_file_);
  pid_ = SpawnProgram({options_.binary, "serve"}, Variables(), output[1], log);
  close(output[1]);
  if (log >= 0) close(log);
  output_ = output[0];
  if (pid_ == 0) Fail("cannot be started");
}

std::vector<std::string> ServerProcess::Variables() const {
  std::map<std::string, std::string> settings = {{"GRPC_ADDR", "127.0.0.1:0"},
                                                 {"CALLER_TRUST", "mesh"}};
  for (const auto& [name, value] : options_.environment) settings[name] = value;
  return EnvironmentOf(settings);
}

void ServerProcess::AwaitReady() {
  const auto limit = steady_clock::now() + kStartLimit;
  while (address_.empty()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(limit - steady_clock::now());
    pollfd waiting{output_, POLLIN, 0};
    if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0) {
      Fail("was not ready in time");
    }
    char buffer[1024];
    const ssize_t size = read(output_, buffer, sizeof(buffer));
    if (size <= 0) Fail("ended before it was ready");
    said_.append(buffer, static_cast<std::size_t>(size));
    const std::size_t end = said_.find('\n');
    if (end == std::string::npos) continue;
    if (said_.rfind(kReady, 0) != 0) Fail("said something else than it should: " + said_);
    address_ = said_.substr(kReady.size(), end - kReady.size());
  }
}

void ServerProcess::Signal(int signal) {
  if (pid_ != 0) kill(pid_, signal);
}

void ServerProcess::Stop() {
  if (pid_ == 0) return;
  Signal(SIGTERM);
  const int code = AwaitExit();
  if (code != 0) Fail("did not stop when told to, but ended with " + std::to_string(code));
}

void ServerProcess::Kill() {
  if (pid_ != 0) {
    kill(pid_, SIGKILL);
    status_ = AwaitEnd(std::exchange(pid_, 0));
  }
  if (output_ >= 0) close(std::exchange(output_, -1));
}

void ServerProcess::Freeze() {
  Signal(SIGSTOP);
}

void ServerProcess::Thaw() {
  Signal(SIGCONT);
}

int ServerProcess::AwaitExit() {
  if (pid_ != 0) status_ = AwaitEnd(std::exchange(pid_, 0));
  return ExitCodeOf(status_.value());
}

bool ServerProcess::IsRunning() {
  if (pid_ == 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  pid_ = 0;
  status_ = status;
  return false;
}

std::string ServerProcess::log() const {
  return FileContent(log_file_);
}

void ServerProcess::AwaitLog(std::string_view text, int times) {
  const auto limit = steady_clock::now() + kLogLimit;
  while (Occurrences(log(), text) < times) {
    if (steady_clock::now() > limit) Fail("did not log \"" + std::string(text) + "\"");
    std::this_thread::sleep_for(kPollInterval);
  }
}

void ServerProcess::Fail(const std::string& what) {
  Kill();
  std::string text;
  try {
    text = log();
  } catch (const std::runtime_error&) {
    text = "(no log)";
  }
  throw std::runtime_error("the server " + what + "\n" + text);
}

CommandResult RunProgram(const std::string& binary, const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment) {
  const TempFolder folder;
  const std::string out_file = folder.Write("out", "");
  const std::string err_file = folder.Write("err", "");
  const int out = OpenToAppend(out_file);
  const int err = OpenToAppend(err_file);
  std::vector<std::string> words = {binary};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const pid_t pid = SpawnProgram(std::move(words), EnvironmentOf(environment), out, err);
  close(out);
  close(err);
  if (pid == 0) throw std::runtime_error(binary + " cannot be started");
  const int status = AwaitEnd(pid);
  return {ExitCodeOf(status), FileContent(out_file), FileContent(err_file)};
}

}  // namespace runners::testing

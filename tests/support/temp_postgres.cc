#include "tests/support/temp_postgres.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "adapters/postgres/migrator.h"
#include "adapters/system/crypto.h"
#include "adapters/system/system_clock.h"

// Read by LeakSanitizer when it is there: libpqxx 6.4 forgets libpq's empty result (216 bytes)
// whenever a connection breaks in a statement.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:PQmakeEmptyPGresult\n";
}

namespace runners::testing {
namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kPollInterval = std::chrono::milliseconds(10);

constexpr int kPoolerPort = 6432;  // only a part of the name of a socket

// What docs/operations.md asks for, and times that suit tests.
constexpr char kPoolerSettings[] = R"(
pool_mode = transaction
ignore_startup_parameters = options
query_wait_timeout = 2
server_login_retry = 0.1
default_pool_size = 20
max_client_conn = 200
)";

// The newest server Debian's packages have put on this machine.
std::string FindBinaries() {
  std::string newest;
  int newest_version = 0;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql")) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version > newest_version && fs::exists(entry.path() / "bin/postgres")) {
      newest_version = version;
      newest = (entry.path() / "bin").string();
    }
  }
  if (newest.empty()) throw std::runtime_error("no PostgreSQL server in /usr/lib/postgresql");
  return newest;
}

std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

int AwaitExit(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// Runs in a forked child: only calls that are safe there.
[[noreturn]] void BecomeServer(char* const* arguments, uid_t uid, gid_t gid, int log) {
  if (geteuid() == 0 && (setgroups(0, nullptr) != 0 || setgid(gid) != 0 || setuid(uid) != 0)) {
    _exit(126);
  }
  // A test that crashes takes its server with it.
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

TempPostgres& TempPostgres::Shared() {
  static TempPostgres cluster;
  return cluster;
}

TempPostgres::TempPostgres() : binaries_(FindBinaries()), uid_(geteuid()), gid_(getegid()) {
  if (uid_ == 0) {  // the server refuses to run as root
    const passwd* user = getpwnam("postgres");
    if (user == nullptr) user = getpwnam("nobody");
    if (user == nullptr) throw std::runtime_error("no user to run PostgreSQL as");
    uid_ = user->pw_uid;
    gid_ = user->pw_gid;
  }
  MakeFolder();
  const pid_t initdb = Spawn(binaries_ + "/initdb -D " + folder_ +
                             "/data -U admin -A trust -E UTF8 --locale=C.UTF-8 --no-sync "
                             "--no-instructions");
  if (AwaitExit(initdb) != 0) Fail("initdb failed");
  Start();
  AsSuperuser("CREATE ROLE runners LOGIN");
  const char* const pooler = std::getenv("RUNNERS_TEST_POOLER");
  if (pooler != nullptr && std::string(pooler) == "pgbouncer") StartPooler();
}

TempPostgres::~TempPostgres() {
  if (pooler_ != 0) {
    kill(pooler_, SIGQUIT);
    AwaitExit(pooler_);
  }
  Stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void TempPostgres::MakeFolder() {
  std::string name = "/tmp/runners-pg-XXXXXX";  // short: a socket's path has 107 bytes at most
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  folder_ = name;
  log_ = folder_ + "/log";
  if (geteuid() == 0 && chown(folder_.c_str(), uid_, gid_) != 0) Fail("chown failed");
}

pid_t TempPostgres::Spawn(const std::string& command_line) const {
  std::vector<std::string> words = Words(command_line);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int log = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) Fail("cannot write the server's log");
  const pid_t pid = fork();
  if (pid == 0) BecomeServer(argv.data(), uid_, gid_, log);
  close(log);
  if (pid < 0) Fail("fork failed");
  return pid;
}

void TempPostgres::Start() {
  if (server_ != 0) return;
  server_ = Spawn(binaries_ + "/postgres -D " + folder_ + "/data -k " + folder_ +
                  " -c listen_addresses= -c fsync=off -c full_page_writes=off"
                  " -c shared_buffers=32MB -c max_connections=60 -c deadlock_timeout=100ms");
  AwaitConnections();
}

void TempPostgres::Stop() {
  if (server_ == 0) return;
  kill(server_, SIGQUIT);
  AwaitExit(server_);
  server_ = 0;
}

void TempPostgres::StartPooler() {
  const std::string ini = folder_ + "/pgbouncer.ini";
  const std::string users = folder_ + "/users.txt";
  std::ofstream(users) << "\"runners\" \"\"\n";
  std::ofstream(ini) << "[databases]\n* = host=" << folder_ << "\n[pgbouncer]\n"
                     << "listen_port = " << kPoolerPort << "\nunix_socket_dir = " << folder_ << "\n"
                     << "auth_type = trust\nauth_file = " << users << "\n"
                     << kPoolerSettings;
  pooler_ = Spawn("/usr/sbin/pgbouncer " + ini);
  AwaitPooler();
}

void TempPostgres::AwaitPooler() {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < give_up) {
    try {
      pqxx::connection probe(PooledDsn("postgres"));
      return;
    } catch (const pqxx::broken_connection&) {
      if (waitpid(pooler_, nullptr, WNOHANG) != 0) {
        pooler_ = 0;
        Fail("the pooler ended while it started");
      }
      std::this_thread::sleep_for(kPollInterval);
    }
  }
  Fail("the pooler did not accept connections");
}

void TempPostgres::Freeze() {
  Signal(SIGSTOP);
}

void TempPostgres::Thaw() {
  Signal(SIGCONT);
}

// The postmaster first: then it makes no process that would be missed.
void TempPostgres::Signal(int signal) const {
  kill(server_, signal);
  std::ifstream children("/proc/" + std::to_string(server_) + "/task/" + std::to_string(server_) +
                         "/children");
  for (pid_t child = 0; children >> child;) kill(child, signal);
}

void TempPostgres::AwaitConnections() {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < give_up) {
    try {
      pqxx::connection probe(SuperuserDsn("postgres"));
      return;
    } catch (const pqxx::broken_connection&) {
      if (waitpid(server_, nullptr, WNOHANG) != 0) {
        server_ = 0;
        Fail("the server ended while it started");
      }
      std::this_thread::sleep_for(kPollInterval);
    }
  }
  Fail("the server did not accept connections");
}

void TempPostgres::Fail(const std::string& what) const {
  std::ifstream log(log_);
  std::ostringstream text;
  text << what << "; its log:\n" << log.rdbuf();
  throw std::runtime_error(text.str());
}

std::string TempPostgres::DsnFor(const std::string& user, const std::string& database) const {
  return "host=" + folder_ + " user=" + user + " dbname=" + database;
}

std::string TempPostgres::PooledDsn(const std::string& database) const {
  return pooled() ? Dsn(database) + " port=" + std::to_string(kPoolerPort) : Dsn(database);
}

pqxx::result TempPostgres::AsSuperuser(const std::string& sql, const std::string& database) {
  pqxx::connection connection(SuperuserDsn(database));
  pqxx::nontransaction statements(connection);
  return statements.exec(sql);
}

const std::string& TempPostgres::MigratedTemplate() {
  if (!template_.empty()) return template_;
  AsSuperuser("CREATE DATABASE migrated OWNER runners");
  system::SystemClock clock;
  system::Log log(system::LogLevel::kError, system::LogFormat::kText);
  system::OpenSslHasher hasher;
  auto pool = postgres::ConnectionPool::Create({.dsn = Secret(Dsn("migrated"))}, clock);
  if (!pool.ok()) Fail("cannot migrate the template");
  postgres::Transactor transactor(**pool, clock, log);
  if (!postgres::Migrator(transactor, hasher).Up().ok()) Fail("cannot migrate the template");
  template_ = "migrated";
  return template_;
}

TempDatabase::TempDatabase(Schema schema, TempPostgres& cluster) : cluster_(cluster) {
  static std::atomic<int> made{0};
  name_ = "test_" + std::to_string(++made);
  std::string sql = "CREATE DATABASE " + name_ + " OWNER runners";
  if (schema == Schema::kMigrated) sql += " TEMPLATE " + cluster_.MigratedTemplate();
  cluster_.AsSuperuser(sql);
}

TempDatabase::~TempDatabase() {
  try {
    cluster_.Start();  // a test may have left it stopped
    cluster_.AsSuperuser("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // It goes with the cluster.
  }
}

pqxx::result TempDatabase::Query(const std::string& sql) const {
  pqxx::connection connection(cluster_.Dsn(name_));
  pqxx::nontransaction statements(connection);
  return statements.exec(sql);
}

int TempDatabase::Busy(const std::string& application) const {
  return cluster_
      .AsSuperuser("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + name_ +
                   "' AND application_name = '" + application + "' AND state <> 'idle'")[0][0]
      .as<int>();
}

void TempDatabase::KillConnections() const {
  cluster_.AsSuperuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                       name_ + "'");
}

}  // namespace runners::testing

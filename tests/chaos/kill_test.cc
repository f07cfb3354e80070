#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/chaos/caller.h"
#include "tests/chaos/reckoning.h"
#include "tests/support/installation.h"

// Kills the server at random times under clients, which is what fault points cannot do: there is no
// list of the places. RUNNERS_TEST_KILLS says how often (20), RUNNERS_TEST_SERVER which program
// (that of this build; the one that ships has no fault points), RUNNERS_TEST_SEED repeats a run, as
// far as the machine does.
namespace runners::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::IsEmpty;

constexpr int kCallers = 4;

std::string FromEnvironment(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

// Who dies in one round: the server always, and in every other round somebody else before it.
enum class Victims { kServer, kServerWhileRepairing, kDatabaseFirst, kControllerFirst };

class Rounds {
 public:
  Rounds(const std::string& server, std::uint64_t seed)
      : random_(seed), installation_({RUNNERS_BINARY_DIR, server, 1, {}, ControllerPath::kDirect}) {
    for (int i = 0; i < kCallers; ++i) {
      callers_.push_back(std::make_unique<Caller>(i, seed, ledger_));
    }
  }

  // One kill and what follows. The sentences of what was wrong.
  std::vector<std::string> Run(int round) {
    const Victims victims = VictimsOf(round);
    {
      std::vector<std::jthread> threads;  // told to stop, and joined, at the end of this block
      for (const auto& caller : callers_) {
        threads.emplace_back([this, &caller](const std::stop_token& stop) {
          caller->Work(installation_.replica().address(), stop);
        });
      }
      Pause(20, 1000);
      LoseAnother(victims);
      installation_.replica().Kill();
    }
    Restart(victims);
    installation_.AwaitAgreement();
    return Reckon();
  }

  // What a person must look at in the server's log.
  std::string ErrorsLogged() {
    std::istringstream log(installation_.replica().log());
    std::string errors;
    for (std::string line; std::getline(log, line);) {
      if (line.find("\"level\":\"error\"") != std::string::npos) errors += line + "\n";
    }
    return errors;
  }

  int acknowledged() const {
    int sum = 0;
    for (const auto& caller : callers_) sum += caller->acknowledged();
    return sum;
  }

 private:
  Victims VictimsOf(int round) {
    if (round % 2 == 0) return Draw(0, 2) == 0 ? Victims::kServerWhileRepairing : Victims::kServer;
    return Draw(0, 1) == 0 ? Victims::kDatabaseFirst : Victims::kControllerFirst;
  }

  // Another part dies first and comes back under a server that goes on.
  void LoseAnother(Victims victims) {
    if (victims == Victims::kDatabaseFirst) {
      installation_.database().cluster().Stop();
      Pause(0, 200);
      installation_.database().cluster().Start();
      Pause(0, 500);
    }
    if (victims == Victims::kControllerFirst) {
      installation_.controller().Kill();
      Pause(0, 200);
      installation_.controller().Start();
      Pause(0, 500);
    }
  }

  void Restart(Victims victims) {
    installation_.EndLeases();
    if (victims == Victims::kServerWhileRepairing) {
      installation_.replica().Launch();
      Pause(50, 500);
      installation_.replica().Kill();
      installation_.EndLeases();
    }
    installation_.replica().Start();
  }

  std::vector<std::string> Reckon() {
    Reckoning reckoning(installation_);
    for (const auto& caller : callers_) reckoning.Settle(*caller);
    reckoning.SettleRest();
    std::vector<std::string> complaints = ledger_.TakeComplaints();
    complaints.insert(complaints.end(), reckoning.complaints().begin(),
                      reckoning.complaints().end());
    return complaints;
  }

  // The moment of a death: no condition announces it, that is the point.
  void Pause(int from_ms, int to_ms) {
    std::this_thread::sleep_for(milliseconds(Draw(from_ms, to_ms)));
  }

  int Draw(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

  std::mt19937_64 random_;
  Installation installation_;
  Ledger ledger_;
  std::vector<std::unique_ptr<Caller>> callers_;
};

TEST(RandomKills, LoseNothingThatWasAcknowledged) {
  const int kills = std::stoi(FromEnvironment("RUNNERS_TEST_KILLS", "20"));
  const std::uint64_t seed =
      std::stoull(FromEnvironment("RUNNERS_TEST_SEED", std::to_string(std::random_device{}())));
  const std::string server = FromEnvironment("RUNNERS_TEST_SERVER", "");
  std::cout << "RUNNERS_TEST_SEED=" << seed << " RUNNERS_TEST_KILLS=" << kills << std::endl;
  Rounds rounds(server, seed);

  auto longest = milliseconds(0);
  for (int round = 0; round < kills; ++round) {
    const auto start = steady_clock::now();
    const std::vector<std::string> complaints = rounds.Run(round);
    longest =
        std::max(longest, std::chrono::duration_cast<milliseconds>(steady_clock::now() - start));
    ASSERT_THAT(complaints, IsEmpty()) << "after kill " << round + 1 << " of seed " << seed
                                       << "; the server logged\n"
                                       << rounds.ErrorsLogged();
  }

  std::cout << kills << " kills, " << rounds.acknowledged() << " acknowledged calls, the longest "
            << "round took " << longest.count() << " ms" << std::endl;
  EXPECT_GT(rounds.acknowledged(), kills) << "hardly anything was done between the kills";
}

}  // namespace
}  // namespace runners::testing

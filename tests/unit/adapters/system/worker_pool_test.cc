#include "adapters/system/worker_pool.h"

#include <atomic>
#include <future>

#include "gtest/gtest.h"

namespace runners::system {
namespace {

TEST(WorkerPool, RefusesWhatDoesNotFitTheQueueAndRunsTheRest) {
  std::promise<void> started;
  std::promise<void> release;
  std::atomic<int> ran = 0;
  {
    WorkerPool pool(1, 2);
    ASSERT_TRUE(pool.TryPost([&] {
      started.set_value();
      release.get_future().wait();
      ++ran;
    }));
    started.get_future().wait();

    EXPECT_TRUE(pool.TryPost([&] { ++ran; }));
    EXPECT_TRUE(pool.TryPost([&] { ++ran; }));
    EXPECT_FALSE(pool.TryPost([&] { ++ran; }));

    release.set_value();
  }

  EXPECT_EQ(ran, 3) << "the destructor runs what was accepted";
}

TEST(WorkerPool, WithoutAQueueAnIdleThreadTakesATask) {
  std::promise<void> release;
  {
    WorkerPool pool(2, 0);
    const std::shared_future<void> released = release.get_future().share();

    EXPECT_TRUE(pool.TryPost([released] { released.wait(); }));
    EXPECT_TRUE(pool.TryPost([released] { released.wait(); }));
    EXPECT_FALSE(pool.TryPost([] {}));

    release.set_value();
  }
}

}  // namespace
}  // namespace runners::system

#ifdef __linux__
#include <sched.h>
#endif

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/thread_pool.hpp>

namespace calibrant {
namespace {

TEST(ThreadPool, RunsEveryPartOnce) {
  for (const std::size_t threads : {1, 2, 3, 8}) {
    thread_pool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    for (const std::size_t parts : {0, 1, 2, 3, 7, 100, 1000}) {
      std::vector<std::atomic<int>> runs(parts);
      pool.run(parts, [&](std::size_t part) { ++runs[part]; });
      for (std::size_t part = 0; part < parts; ++part) ASSERT_EQ(runs[part], 1) << part << " of " << parts;
    }
  }
  EXPECT_GE(thread_pool(0).size(), 1U);
}

TEST(ThreadPool, APoolOfOneRunsOnTheCallersThreadInOrder) {
  thread_pool pool(1);
  const std::thread::id test_thread = std::this_thread::get_id();
  std::vector<std::size_t> order;
  pool.run(5, [&](std::size_t part) {
    EXPECT_EQ(std::this_thread::get_id(), test_thread);
    order.push_back(part);
  });
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(ThreadPool, UsesAllItsThreads) {
  thread_pool pool(3);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  std::atomic<int> waiting = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  pool.run(3, [&](std::size_t) {
    ++waiting;
    // Each part waits for the two others, so each needs a thread of its own.
    while (waiting < 3 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(seen.size(), 3U);
}

#ifdef __linux__
TEST(ThreadPool, ThreadsKeepOffTheProcessorOfTheirCaller) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  if (CPU_COUNT(&allowed) < 2) GTEST_SKIP() << "needs two processors";
  thread_pool pool(2);
  std::atomic<int> waiting = 0;
  std::atomic<int> processors = 0;  // that the thread of the pool may run on
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const std::thread::id caller = std::this_thread::get_id();
  pool.run(2, [&](std::size_t) {
    ++waiting;
    while (waiting < 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    cpu_set_t mine;
    if (std::this_thread::get_id() != caller && sched_getaffinity(0, sizeof mine, &mine) == 0)
      processors = CPU_COUNT(&mine);
  });
  EXPECT_EQ(processors, CPU_COUNT(&allowed) - 1);
}
#endif

TEST(ThreadPool, WritesOfThePartsAreSeenByTheCaller) {
  thread_pool pool(4);
  std::vector<std::size_t> squares(257);
  for (int round = 1; round <= 50; ++round) {
    pool.run(squares.size(), [&](std::size_t part) { squares[part] = part * part * static_cast<std::size_t>(round); });
    for (std::size_t part = 0; part < squares.size(); ++part)
      ASSERT_EQ(squares[part], part * part * static_cast<std::size_t>(round));
  }
}

/// Every part runs, and of several exceptions the one of the lowest part comes out, whichever thread was first.
TEST(ThreadPool, ThrowsTheExceptionOfTheLowestPart) {
  for (const std::size_t threads : {1, 2, 4}) {
    thread_pool pool(threads);
    for (int round = 0; round < 30; ++round) {
      std::atomic<int> ran = 0;
      try {
        pool.run(20, [&](std::size_t part) {
          ++ran;
          if (part == 7) {
            std::this_thread::sleep_for(std::chrono::microseconds(50));
            throw std::runtime_error("part 7");
          }
          if (part > 7 && part % 3 == 0) throw std::runtime_error("part " + std::to_string(part));
        });
        ADD_FAILURE() << "nothing was thrown";
      } catch (const std::runtime_error& problem) {
        EXPECT_STREQ(problem.what(), "part 7");
      }
      EXPECT_EQ(ran, 20);
    }
    // The pool works on.
    std::atomic<int> sum = 0;
    pool.run(10, [&](std::size_t part) { sum += static_cast<int>(part); });
    EXPECT_EQ(sum, 45);
  }
}

TEST(ThreadPool, EndsWithoutHavingRun) {
  for (int i = 0; i < 20; ++i) const thread_pool pool(4);
}

}  // namespace
}  // namespace calibrant

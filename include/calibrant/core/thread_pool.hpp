#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace calibrant {
namespace detail {
class caller_processor;
}

/// A fixed set of threads that run the numbered parts of one job. The caller of `run` works too, so a pool of one has
/// no thread of its own. Which thread runs which part is left open; whatever must be reproducible depends on the part
/// number alone.
class thread_pool {
 public:
  /// `threads` >= 1; 0 means one per processor.
  explicit thread_pool(std::size_t threads = 0);
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;
  ~thread_pool();

  [[nodiscard]] std::size_t size() const noexcept { return threads_.size() + 1; }

  /// Calls `work(part)` for part = 0 .. parts-1 and returns when all are done. An exception of a part is thrown again
  /// here (that of the lowest part). Not reentrant.
  void run(std::size_t parts, const std::function<void(std::size_t)>& work);

 private:
  void take_parts(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable started_;
  std::condition_variable finished_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t parts_ = 0;
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  std::size_t failed_part_ = 0;
  std::exception_ptr failure_;
  bool stopping_ = false;
  std::unique_ptr<detail::caller_processor> caller_processor_;
  std::vector<std::jthread> threads_;
};

}  // namespace calibrant

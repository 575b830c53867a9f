#include <calibrant/core/thread_pool.hpp>

#include <algorithm>
#include <utility>

#include "core/detail/caller_processor.hpp"

namespace calibrant {

thread_pool::thread_pool(std::size_t threads) : caller_processor_(std::make_unique<detail::caller_processor>()) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t t = 1; t < threads; ++t)
    threads_.emplace_back([this] {
      std::unique_lock lock(mutex_);
      for (;;) {
        started_.wait(lock, [this] { return stopping_ || next_ < parts_; });
        if (stopping_) return;
        take_parts(lock);
      }
    });
}

thread_pool::~thread_pool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  started_.notify_all();
}

void thread_pool::run(std::size_t parts, const std::function<void(std::size_t)>& work) {
  std::unique_lock lock(mutex_);
  work_ = &work;
  parts_ = parts;
  next_ = 0;
  done_ = 0;
  failure_ = nullptr;
  if (parts > 1) {
    caller_processor_->avoid(threads_);
    started_.notify_all();
  }
  take_parts(lock);
  finished_.wait(lock, [this] { return done_ == parts_; });
  parts_ = 0;
  next_ = 0;
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void thread_pool::take_parts(std::unique_lock<std::mutex>& lock) {
  while (next_ < parts_) {
    const std::size_t part = next_++;
    std::exception_ptr failure;
    lock.unlock();
    try {
      (*work_)(part);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure && (!failure_ || part < failed_part_)) {
      failure_ = failure;
      failed_part_ = part;
    }
    if (++done_ == parts_) finished_.notify_one();
  }
}

}  // namespace calibrant

#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include <calibrant/evaluation/batch_source.hpp>

namespace calibrant::detail {

/// Hands filled buffers from the reading thread to the measuring one and empty ones back.
class read_ahead {
 public:
  explicit read_ahead(batch_source& source)
      : reader_([this, &source](const std::stop_token& stop) { read(source, stop); }) {}
  ~read_ahead() {
    {
      const std::lock_guard lock(mutex_);  // so that the reader is either before its check or asleep
      reader_.request_stop();
    }
    changed_.notify_all();
  }
  read_ahead(const read_ahead&) = delete;
  read_ahead& operator=(const read_ahead&) = delete;

  /// The next filled buffers, or nothing at the end. The previous ones are given back.
  batch_buffers* next(batch_buffers* done) {
    std::unique_lock lock(mutex_);
    if (done != nullptr) {
      free_.push_back(done);
      changed_.notify_all();
    }
    changed_.wait(lock, [this] { return !filled_.empty() || ended_; });
    if (filled_.empty()) {
      if (failure_) std::rethrow_exception(failure_);
      return nullptr;
    }
    batch_buffers* const buffers = filled_.front();
    filled_.pop_front();
    return buffers;
  }

 private:
  void read(batch_source& source, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    try {
      for (;;) {
        changed_.wait(lock, [&] { return !free_.empty() || stop.stop_requested(); });
        if (stop.stop_requested()) break;
        batch_buffers* const buffers = free_.front();
        free_.pop_front();
        lock.unlock();
        const bool more = source.next(*buffers);
        lock.lock();
        if (!more) break;
        filled_.push_back(buffers);
        changed_.notify_all();
      }
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      failure_ = std::current_exception();
    }
    ended_ = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<batch_buffers, 3> buffers_;
  std::deque<batch_buffers*> free_{&buffers_[0], &buffers_[1], &buffers_[2]};
  std::deque<batch_buffers*> filled_;
  bool ended_ = false;
  std::exception_ptr failure_;
  std::jthread reader_;  // last: it uses everything above
};

}  // namespace calibrant::detail

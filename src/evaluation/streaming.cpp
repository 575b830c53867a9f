#include <calibrant/evaluation/streaming.hpp>

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

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

}  // namespace

evaluation_state evaluate_stream(batch_source& source, const evaluation_config& config, const pass_options& options,
                                 thread_pool& pool, const progress_callback& progress) {
  // Batches are cut by the K of the configuration, so another K would read past their ends.
  if (source.classes() != config.classes)
    throw error(error_code::shape_mismatch,
                "classes: the source has other names or another order than the configuration, expected the same; take "
                "them from the source");
  if (source.kind() != config.kind)
    throw error(error_code::shape_mismatch, "scores: the source has " + std::string(name_of(source.kind())) +
                                                " and the configuration says " + std::string(name_of(config.kind)) +
                                                ", expected the same");
  evaluator pass(config, options, pool);
  {
    read_ahead reader(source);
    batch_buffers* buffers = nullptr;
    while ((buffers = reader.next(buffers)) != nullptr) {
      pass.accumulate(buffers->batch(config.kind, config.classes.size()));
      if (progress) progress(source.bytes_read(), source.bytes_total());
    }
  }
  return pass.finish(source.sources(), source.group_names(), source.problems(), source.weighted());
}

}  // namespace calibrant

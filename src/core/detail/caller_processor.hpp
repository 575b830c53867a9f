#pragma once

#include <span>
#include <thread>

namespace calibrant::detail {

/// Keeps waiting threads off the processor that their caller runs on. A scheduler may wake a thread on its waker's
/// processor while others are idle; both then take turns there for some ticks, of which a job of a few milliseconds
/// lasts twice as long. Does nothing where the system offers no such choice, or where there are no more processors than
/// threads beside the caller.
class caller_processor {
 public:
  /// Call from the thread that is about to wake the others.
  void avoid(std::span<std::jthread> waiting) noexcept;

 private:
  int avoided_ = -1;  ///< the processor that the threads keep off now
};

}  // namespace calibrant::detail

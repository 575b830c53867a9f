#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>

namespace calibrant::cli {

/// One line on stderr while a read takes long: nothing in the first half second, then ten times a second at most. It is
/// erased at the end.
class progress_line {
 public:
  /// `enabled`: stderr is a terminal and the user did not ask for quiet.
  explicit progress_line(bool enabled);
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line();

  /// Bytes read so far and in all (0: unknown).
  void update(std::uint64_t read, std::uint64_t total);

 private:
  using clock = std::chrono::steady_clock;

  bool enabled_;
  bool shown_ = false;
  clock::time_point started_;
  clock::time_point next_;
};

}  // namespace calibrant::cli

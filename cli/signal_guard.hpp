#pragma once

#include <array>
#include <csignal>

namespace calibrant::cli {

/// While it lives, SIGINT, SIGTERM and SIGHUP wait: results that are being written become whole first. Its end hands a
/// signal that came to whoever would have got it, so the process ends as it would have. One at a time.
class signal_guard {
 public:
  signal_guard();
  signal_guard(const signal_guard&) = delete;
  signal_guard& operator=(const signal_guard&) = delete;
  ~signal_guard();

 private:
  static constexpr std::array<int, 3> signals = {SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, signals.size()> before_{};
};

}  // namespace calibrant::cli

#include "cli/signal_guard.hpp"

#include <cstddef>

namespace calibrant::cli {
namespace {

volatile std::sig_atomic_t came = 0;

void remember(int number) { came = number; }

}  // namespace

signal_guard::signal_guard() {
  came = 0;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    sigaction(signals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler == SIG_IGN) continue;  // as nohup wants it
    // Without SA_RESTART: a wait for the reader of a pipe fails and ends instead of going on.
    struct sigaction waiting{};
    waiting.sa_handler = remember;
    sigaction(signals[i], &waiting, nullptr);
  }
}

signal_guard::~signal_guard() {
  for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
  if (came != 0) std::raise(came);
}

}  // namespace calibrant::cli

#include "core/detail/caller_processor.hpp"

#ifdef __linux__
#include <pthread.h>
#include <sched.h>
#endif

namespace calibrant::detail {

#ifdef __linux__

void caller_processor::avoid(std::span<std::jthread> waiting) noexcept {
  const int here = sched_getcpu();
  if (here == avoided_ || here < 0 || here >= CPU_SETSIZE) return;
  cpu_set_t others;
  if (sched_getaffinity(0, sizeof others, &others) != 0 || !CPU_ISSET(here, &others)) return;
  CPU_CLR(here, &others);
  if (static_cast<std::size_t>(CPU_COUNT(&others)) < waiting.size()) return;
  for (std::jthread& thread : waiting) pthread_setaffinity_np(thread.native_handle(), sizeof others, &others);
  avoided_ = here;
}

#else

void caller_processor::avoid(std::span<std::jthread> /*waiting*/) noexcept {}

#endif

}  // namespace calibrant::detail

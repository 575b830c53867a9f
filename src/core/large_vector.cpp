#include <calibrant/core/large_vector.hpp>

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace calibrant::detail {
namespace {

constexpr std::size_t large_alignment = std::size_t{2} << 20;

}  // namespace

void* allocate_large(std::size_t bytes) {
  const std::size_t whole = (bytes + large_alignment - 1) / large_alignment * large_alignment;
  void* const memory = whole < bytes ? nullptr : std::aligned_alloc(large_alignment, whole);
  if (memory == nullptr) throw std::bad_alloc();
#ifdef __linux__
  madvise(memory, whole, MADV_HUGEPAGE);  // a hint: where it is refused, pages are the usual ones
#endif
  return memory;
}

void free_large(void* memory) noexcept { std::free(memory); }

}  // namespace calibrant::detail

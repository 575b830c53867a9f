#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace calibrant {

namespace detail {
/// Bytes that begin at a multiple of large_alignment; the system is asked for large pages, where it has them. Throws
/// std::bad_alloc.
[[nodiscard]] void* allocate_large(std::size_t bytes);
void free_large(void* memory) noexcept;

/// Above this an array gets pages of its own. A page of 2 MB takes one fault instead of 512 of the usual ones, which
/// for data that is written once and read a few times cost more than the work on it.
inline constexpr std::size_t large_bytes = std::size_t{4} << 20;

/// Leaves new numbers as they are: `resize` writes nothing.
template <class T>
struct large_allocator {
  static_assert(std::is_trivially_copyable_v<T>);
  using value_type = T;

  large_allocator() = default;
  template <class U>
  large_allocator(const large_allocator<U>& /*other*/) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count * sizeof(T) < large_bytes) return std::allocator<T>().allocate(count);
    return static_cast<T*>(allocate_large(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) < large_bytes)
      std::allocator<T>().deallocate(memory, count);
    else
      free_large(memory);
  }
  template <class U>
  void construct(U* /*place*/) noexcept {}
  template <class U, class... Arguments>
  void construct(U* place, Arguments&&... arguments) {
    std::construct_at(place, std::forward<Arguments>(arguments)...);
  }
  friend bool operator==(const large_allocator& /*a*/, const large_allocator& /*b*/) noexcept { return true; }
};
}  // namespace detail

/// Many numbers. As std::vector, but `resize` and the sized constructor leave new numbers undefined.
template <class T>
using large_vector = std::vector<T, detail::large_allocator<T>>;

}  // namespace calibrant

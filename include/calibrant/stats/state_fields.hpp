#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/math/exact_sum.hpp>

namespace calibrant {

/// A state describes its contents by calling `visit(field_name, shape, vector, presence)` for each of its arrays, in a
/// fixed order. One generic codec, comparison and documentation serve all states. Every element is made of 8-byte words
/// of one kind. An array that is passed as an rvalue was made for the visitor and ends with the call.
enum class presence {
  required,  ///< always there
  optional,  ///< empty until the first fractional weight; then of the stated shape
};
using field_shape = std::vector<std::size_t>;

/// The word that an element of a state array is made of: std::int64_t or double.
template <class T>
struct state_word;
template <>
struct state_word<std::int64_t> {
  using type = std::int64_t;
};
template <>
struct state_word<double> {
  using type = double;
};
template <>
struct state_word<int128> {
  using type = std::int64_t;
};  // low word first
template <>
struct state_word<compensated_sum> {
  using type = double;
};  // sum, correction

template <class T>
using state_word_t = typename state_word<T>::type;
/// Words per element; 1 where the element is a word.
// NOLINTBEGIN(bugprone-sizeof-expression)
template <class T>
inline constexpr std::size_t state_words = sizeof(T) / sizeof(state_word_t<T>);
// NOLINTEND(bugprone-sizeof-expression)

}  // namespace calibrant

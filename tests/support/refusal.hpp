#pragma once

#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>

namespace calibrant::testing {

/// An error as data; `code` is nothing if none was thrown.
struct refusal {
  std::optional<error_code> code;
  std::string message;
};

/// What `f` throws; its result is of no interest. Exceptions of other types pass through and fail the test.
template <class F>
[[nodiscard]] refusal refusal_of(F&& f) {
  try {
    static_cast<void>(std::forward<F>(f)());
  } catch (const error& e) {
    return {e.code(), e.what()};
  }
  return {std::nullopt, "(nothing was thrown)"};
}

inline void PrintTo(const refusal& r, std::ostream* out) {
  *out << (r.code ? name_of(*r.code) : std::string_view("no error")) << ": " << r.message;
}

/// Matches a refusal with this code whose message has all the parts, in this order, on one line.
class says_matcher {
 public:
  using is_gtest_matcher = void;
  says_matcher(error_code code, std::vector<std::string> parts) : code_(code), parts_(std::move(parts)) {}

  bool MatchAndExplain(const refusal& got, ::testing::MatchResultListener* listener) const {
    if (got.code != code_) return false;
    if (got.message.find('\n') != std::string::npos) {
      *listener << "which has more than one line";
      return false;
    }
    std::size_t from = 0;
    for (const std::string& part : parts_) {
      const std::size_t found = got.message.find(part, from);
      if (found == std::string::npos) {
        *listener << "which lacks \"" << part << "\" there";
        return false;
      }
      from = found + part.size();
    }
    return true;
  }
  void DescribeTo(std::ostream* out) const {
    *out << "is " << name_of(code_) << " with";
    for (const std::string& part : parts_) *out << " \"" << part << '"';
  }
  void DescribeNegationTo(std::ostream* out) const { *out << "is not that"; }

 private:
  error_code code_;
  std::vector<std::string> parts_;
};

template <class... Parts>
[[nodiscard]] ::testing::Matcher<refusal> says(error_code code, Parts... parts) {
  return says_matcher(code, {std::string(parts)...});
}

}  // namespace calibrant::testing

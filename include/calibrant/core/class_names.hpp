#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace calibrant {

/// The K >= 2 classes, in the order of the score columns. Labels are matched to them by name, as text ("10" = 10),
/// never by sort order. K = 0 stands for rows of which only the confidence and its correctness is known.
class class_names {
 public:
  static constexpr std::size_t max_count = std::size_t{1} << 24;  ///< class numbers are exact in float32

  /// Classes 0..K-1, named by their index. Throws error (invalid_classes) if K < 2 or K > max_count.
  [[nodiscard]] static class_names indexed(std::size_t count);

  /// No classes.
  [[nodiscard]] static class_names none();

  /// Throws error (invalid_classes) naming the offender if there are fewer than two names or more than max_count, a
  /// name is empty or appears twice.
  explicit class_names(std::vector<std::string> names);

  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  [[nodiscard]] const std::string& operator[](std::size_t k) const noexcept { return names_[k]; }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

  /// Index of a name, O(1).
  [[nodiscard]] std::optional<std::int32_t> find(std::string_view name) const;
  /// Index of an integer label: the class whose name is its decimal text. O(1), without building the text when the
  /// names are 0..K-1.
  [[nodiscard]] std::optional<std::int32_t> find(std::int64_t label) const;

  friend bool operator==(const class_names& a, const class_names& b) { return a.names_ == b.names_; }

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t, text_hash, std::equal_to<>> index_;
  bool indexed_ = false;
};

}  // namespace calibrant

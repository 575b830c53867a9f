#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace calibrant::io {

/// Numbers the values of a group column in the order of their first appearance.
class group_dictionary {
 public:
  /// O(1).
  [[nodiscard]] std::int32_t index_of(std::string_view name) {
    const auto known = texts_.find(name);
    return known != texts_.end() ? known->second : add(name);
  }
  /// The group named by the decimal text. O(1) without building the text once it is known.
  [[nodiscard]] std::int32_t index_of(std::int64_t value) {
    const auto known = integers_.find(value);
    return known != integers_.end() ? known->second
                                    : integers_[value] = index_of(std::string_view(std::to_string(value)));
  }
  /// The group of rows without a value: "(missing)".
  [[nodiscard]] std::int32_t missing() { return index_of(std::string_view("(missing)")); }

  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  std::int32_t add(std::string_view name) {
    const auto index = static_cast<std::int32_t>(names_.size());
    names_.emplace_back(name);
    texts_.emplace(name, index);
    return index;
  }

  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t, text_hash, std::equal_to<>> texts_;
  std::unordered_map<std::int64_t, std::int32_t> integers_;
};

}  // namespace calibrant::io

#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>

namespace calibrant {

/// The parameters of a stored map, asked for by name; what does not fit throws error (malformed_input).
class parameter_list {
 public:
  parameter_list(std::span<const parameter> parameters, std::size_t classes) noexcept
      : parameters_(parameters), classes_(classes) {}

  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] bool has(std::string_view name) const noexcept;
  /// One finite number.
  [[nodiscard]] double number(std::string_view name) const;
  /// Finite numbers of the given shape.
  [[nodiscard]] std::vector<double> numbers(std::string_view name, std::span<const std::size_t> shape) const;
  /// A list of finite numbers of any length.
  [[nodiscard]] std::vector<double> list(std::string_view name) const;

 private:
  [[nodiscard]] const parameter& find(std::string_view name) const;

  std::span<const parameter> parameters_;
  std::size_t classes_;
};

}  // namespace calibrant

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/detail/json_values.hpp"
#include "io/detail/table_file.hpp"

namespace calibrant::io {

/// A field of the first record. Its path, keys joined by points, names a column.
struct jsonl_field {
  std::string key;
  std::size_t column = 0;
  std::size_t position = 0;         ///< among the fields of the one that it is inside of
  std::vector<std::size_t> fields;  ///< inside it, in their order
  std::unordered_map<std::string_view, std::size_t> by_key;
  json_kind kind = json_kind::null;
  std::size_t width = 0;     ///< values in it, if it is an array or an object
  bool all_numbers = false;  ///< whether these are numbers and nulls alone

  bool is_wanted = false;  ///< itself or something inside it has a role
};

/// The fields of a record, seen in the first one of a file; field 0 is the record itself.
class jsonl_fields {
 public:
  static constexpr std::size_t root = 0;
  static constexpr std::size_t none = ~std::size_t{0};

  /// Reads the first record. Throws simdjson::simdjson_error if it is no JSON.
  explicit jsonl_fields(simdjson::ondemand::document& record);

  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
  [[nodiscard]] const jsonl_field& operator[](std::size_t field) const noexcept { return fields_[field]; }
  /// What a column holds, if it is an array or an object.
  [[nodiscard]] std::optional<score_array> array_at(std::size_t column) const;

  /// Marks a column and all that it is inside of as wanted.
  void want(std::size_t column);
  /// The field with a key inside `field`, or `none`. `expected` is the position at which it is looked for first, and
  /// becomes the one behind it: records have their fields in one order mostly.
  [[nodiscard]] std::size_t find(std::size_t field, std::string_view key, std::size_t& expected) const;

 private:
  void describe(simdjson::ondemand::value& value, std::size_t field, const std::string& path, std::size_t depth);
  std::size_t add(std::size_t parent, std::string_view key, const std::string& path);

  std::vector<jsonl_field> fields_;
  std::vector<std::size_t> parents_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> field_of_column_;
};

}  // namespace calibrant::io

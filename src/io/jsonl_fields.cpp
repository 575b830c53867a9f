#include "io/detail/jsonl_fields.hpp"

#include <utility>

namespace calibrant::io {

jsonl_fields::jsonl_fields(simdjson::ondemand::document& record) {
  fields_.emplace_back();
  parents_.push_back(none);
  simdjson::ondemand::value value = record.get_value();
  // A record that is an array has no field: the array itself is the one column.
  if (kind_of(token_of(value)) == json_kind::array) {
    columns_.emplace_back("scores");
    field_of_column_.push_back(root);
  }
  describe(value, root, "", 0);
  // The keys have their final places now.
  for (jsonl_field& field : fields_)
    for (const std::size_t inner : field.fields) field.by_key.emplace(fields_[inner].key, inner);
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by deepest_json
void jsonl_fields::describe(simdjson::ondemand::value& value, std::size_t field, const std::string& path,
                            std::size_t depth) {
  if (depth > deepest_json) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
  const std::string_view token = token_of(value);
  const auto kind = kind_of(token);
  if (!kind) throw simdjson::simdjson_error(simdjson::TAPE_ERROR);
  fields_[field].kind = *kind;
  bool all_numbers = true;
  std::size_t width = 0;
  const auto count = [&](simdjson::ondemand::value& inner) {
    const auto inner_kind = kind_of(token_of(inner));
    all_numbers = all_numbers && (inner_kind == json_kind::number || inner_kind == json_kind::null);
    ++width;
  };
  if (kind == json_kind::object) {
    for (auto each : value.get_object()) {
      const std::string_view key = each.unescaped_key();
      const std::string inner_path = path.empty() ? std::string(key) : path + "." + std::string(key);
      const std::size_t inner_field = add(field, key, inner_path);
      simdjson::ondemand::value inner = each.value();
      count(inner);
      describe(inner, inner_field, inner_path, depth + 1);
    }
  } else if (kind == json_kind::array) {
    for (auto each : value.get_array()) {
      simdjson::ondemand::value inner = each.value();
      count(inner);
      skip_checked(inner, depth + 1);
    }
  }
  fields_[field].width = width;
  fields_[field].all_numbers = all_numbers;
}

std::size_t jsonl_fields::add(std::size_t parent, std::string_view key, const std::string& path) {
  const std::size_t field = fields_.size();
  fields_.emplace_back();
  fields_.back().key = key;
  fields_.back().column = columns_.size();
  fields_.back().position = fields_[parent].fields.size();
  parents_.push_back(parent);
  fields_[parent].fields.push_back(field);
  columns_.push_back(path);
  field_of_column_.push_back(field);
  return field;
}

std::optional<score_array> jsonl_fields::array_at(std::size_t column) const {
  const jsonl_field& field = fields_[field_of_column_[column]];
  if (field.kind != json_kind::array && field.kind != json_kind::object) return std::nullopt;
  score_array array{.width = field.width,
                    .names = {},
                    .keyed = field.kind == json_kind::object,
                    .may_be_scores = field.all_numbers && field.width > 0};
  if (array.keyed)
    for (const std::size_t inner : field.fields) array.names.push_back(fields_[inner].key);
  return array;
}

void jsonl_fields::want(std::size_t column) {
  for (std::size_t field = field_of_column_[column]; field != none; field = parents_[field])
    fields_[field].is_wanted = true;
}

std::size_t jsonl_fields::find(std::size_t field, std::string_view key, std::size_t& expected) const {
  const jsonl_field& outer = fields_[field];
  std::size_t inner = expected < outer.fields.size() ? outer.fields[expected] : none;
  if (inner == none || fields_[inner].key != key) {
    const auto found = outer.by_key.find(key);
    if (found == outer.by_key.end()) return none;
    inner = found->second;
  }
  expected = fields_[inner].position + 1;
  return inner;
}

}  // namespace calibrant::io

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/json_values.hpp"
#include "io/detail/jsonl_fields.hpp"
#include "io/detail/jsonl_lines.hpp"
#include "io/detail/key_columns.hpp"
#include "io/detail/table_file.hpp"

namespace calibrant::io {
namespace {

namespace json = simdjson::ondemand;
static_assert(jsonl_lines::padding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t longest_shown = 40;  // bytes of a value in a message
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Iterates over a line of the file, whose buffer has padding behind it.
json::document parse(json::parser& parser, std::string_view line) {
  return parser.iterate(
      simdjson::padded_string_view(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING));
}

[[noreturn]] void refuse_line(const jsonl_lines& lines, std::uint64_t row, const std::string& what) {
  throw error(error_code::malformed_input,
              fmt::format("{}: line {} (row {}): {}", lines.file().path(), lines.line(), row, what));
}

/// What is wrong with a line, in words; simdjson's own speak of its interface.
std::string_view reason_of(simdjson::error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR:
      return "it is not UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "a text is never closed";
    case simdjson::STRING_ERROR:
      return "a text has a bad escape";
    case simdjson::DEPTH_ERROR:
      return "it is nested more deeply than 64 levels";
    case simdjson::SCALAR_DOCUMENT_AS_VALUE:
      return "it is a single value";
    case simdjson::INCORRECT_TYPE:
      return "it is not of the same kind as the first line";
    default:
      return "its commas, brackets or values do not fit together";
  }
}

[[noreturn]] void refuse_json(const jsonl_lines& lines, std::uint64_t row, const simdjson::simdjson_error& problem) {
  refuse_line(lines, row,
              fmt::format("expected one JSON object or array per line, but {}; write the line again",
                          reason_of(problem.error())));
}

/// The value of a field that is no score.
struct json_cell {
  json_kind kind = json_kind::null;  ///< null: absent as well
  std::string_view text;             ///< of a text what it says, else the token
};

class jsonl_rows final : public row_reader {
 public:
  jsonl_rows(jsonl_lines lines, jsonl_fields fields, std::string first_line, const column_roles& roles,
             std::optional<score_kind> kind)
      : lines_(std::move(lines)),
        fields_(std::move(fields)),
        first_line_(std::move(first_line)),
        roles_(roles),
        cells_(fields_.columns().size()),
        score_of_column_(fields_.columns().size(), jsonl_fields::none),
        last_row_(fields_.size()) {
    if (roles.scores.size() == 1) array_ = fields_.array_at(roles.scores[0]);
    if (roles.scores.size() > 1 || (array_ && array_->keyed))
      absent_ = kind == score_kind::logits ? -std::numeric_limits<double>::infinity() : 0.0;
    for (std::size_t k = 0; k < roles.scores.size(); ++k) {
      score_of_column_[roles.scores[k]] = k;
      fields_.want(roles.scores[k]);
    }
    roles.visit_keys([&](std::size_t column) { fields_.want(column); });
  }

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override {
    if (!roles_.scores.empty()) {
      classes_ = &keys.classes();
      width_ = !array_ ? roles_.scores.size() : array_->keyed ? classes_->size() : array_->width;
      into.type = score_type::float64;
      scores_ = room_for(into.float64, into.rows + at_most, width_) + into.rows * width_;
      seen_.resize(width_);
    }
    std::size_t done = 0;
    std::string_view line;
    for (; done < at_most && next_line(line); ++done, ++row_) {
      read_record(line);
      if (roles_.have_keys()) append_keys(roles_, row_cells{*this}, lines_.line(), into, keys);
      scores_ += width_;
    }
    return done;
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return std::nullopt; }
  [[nodiscard]] std::uint64_t bytes_read() const override { return lines_.offset(); }

 private:
  /// The current record as append_keys sees it.
  struct row_cells {
    const jsonl_rows& rows;

    [[nodiscard]] double number(std::size_t column) const {
      const json_cell& cell = rows.cells_[column];
      if (cell.kind == json_kind::null) return not_a_number;
      if (cell.kind == json_kind::boolean) return cell.text == "true" ? 1 : 0;
      if (cell.kind == json_kind::number) return *json_number(cell.text);
      rows.refuse_value(column, cell, "a number");
    }
    template <class OnInteger, class OnText, class OnNull>
    auto visit(std::size_t column, OnInteger&& on_integer, OnText&& on_text, OnNull&& on_null) const {
      const json_cell& cell = rows.cells_[column];
      switch (cell.kind) {
        case json_kind::object:
        case json_kind::array:
          rows.refuse_value(column, cell, "text or a number");
        case json_kind::null:
          return on_null();
        case json_kind::boolean:
          return on_integer(std::int64_t{cell.text == "true"});
        case json_kind::number: {
          std::int64_t value = 0;
          const char* const end = cell.text.data() + cell.text.size();
          if (const auto [stop, problem] = std::from_chars(cell.text.data(), end, value);
              stop == end && problem == std::errc{})
            return on_integer(value);
          return cell.text == "NaN" ? on_null() : on_text(cell.text);
        }
        case json_kind::text:
          break;
      }
      return cell.text.empty() ? on_null() : on_text(cell.text);
    }
  };

  bool next_line(std::string_view& line) {
    if (row_ > 0) return lines_.next(line);
    line = std::string_view(first_line_.data(), first_line_.size() - simdjson::SIMDJSON_PADDING);
    return true;
  }

  [[noreturn]] void refuse(const std::string& what) const { refuse_line(lines_, row_, what); }
  [[nodiscard]] std::string name_of(std::size_t column) const {
    return fmt::format("field \"{}\"", fields_.columns()[column]);
  }
  [[noreturn]] void refuse_value(std::size_t column, const json_cell& cell, const char* expected) const {
    refuse(fmt::format("{} holds {}, expected {}", name_of(column),
                       cell.kind == json_kind::object  ? "an object"
                       : cell.kind == json_kind::array ? "an array"
                                                       : fmt::format("{}", cell.text.substr(0, longest_shown)),
                       expected));
  }

  /// Fills `scores_` and `cells_` from a line.
  void read_record(std::string_view line) {
    roles_.visit_keys([&](std::size_t column) { cells_[column] = {}; });
    std::fill_n(scores_, width_, absent_);
    scores_read_ = 0;
    try {
      json::document document = parse(parser_, line);
      json::value value = document.get_value();
      if (fields_[jsonl_fields::root].kind == json_kind::array)
        read_array(value, roles_.scores.empty() ? 0 : roles_.scores[0]);
      else
        read_object(value, jsonl_fields::root, 0);
      if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
        refuse("something follows the JSON value, expected one per line");
    } catch (const simdjson::simdjson_error& problem) {
      refuse_json(lines_, row_, problem);
    }
    if (width_ > 0 && scores_read_ == 0) {
      const bool one = roles_.scores.size() == 1;
      refuse(fmt::format("{} absent, expected scores in every row",
                         one ? name_of(roles_.scores[0]) + " is" : "all fields of scores are"));
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): bounded by deepest_json
  void read_object(json::value& value, std::size_t outer, std::size_t depth) {
    std::size_t expected = 0;
    for (auto each : value.get_object()) {
      const std::size_t field = fields_.find(outer, each.unescaped_key(), expected);
      json::value inner = each.value();
      if (field == jsonl_fields::none || !fields_[field].is_wanted)
        skip_checked(inner, depth + 1);
      else
        read_field(inner, field, depth + 1);
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): bounded by deepest_json
  void read_field(json::value& value, std::size_t field, std::size_t depth) {
    const std::size_t column = fields_[field].column;
    if (last_row_[field] == row_ + 1) refuse(fmt::format("{} stands there twice, expected it once", name_of(column)));
    last_row_[field] = row_ + 1;
    const std::size_t k = score_of_column_[column];
    if (k != jsonl_fields::none) {
      if (!array_) {
        scores_[k] = score(value, column);
        ++scores_read_;
      } else if (array_->keyed) {
        read_keyed(value, column);
      } else {
        read_array(value, column);
      }
      return;
    }
    const std::string_view token = token_of(value);
    const auto kind = kind_of(token);
    if (!kind) throw simdjson::simdjson_error(simdjson::TAPE_ERROR);
    cells_[column] = {*kind, token};
    if (kind == json_kind::text)
      cells_[column].text = value.get_string();
    else if (kind == json_kind::object)
      read_object(value, field, depth);
    else if (kind == json_kind::array)
      skip_checked(value, depth);
  }

  /// A number, or NaN for null.
  double score(json::value& value, std::size_t column) {
    // simdjson 3.0 misreads numbers such as 0.3133884307832506266, with a whole part of 0 and more than 19 digits.
    constexpr std::size_t longest_sure = 20;
    double number = 0;
    const std::string_view token = token_of(value);
    if (token.size() <= longest_sure && value.get_double().get(number) == simdjson::SUCCESS) return number;
    if (const auto other = json_number(token)) return *other;
    if (token == "null") return not_a_number;
    refuse_value(column, {kind_of(token).value_or(json_kind::text), token}, "numbers as scores");
  }

  void read_array(json::value& value, std::size_t column) {
    const std::string_view token = token_of(value);
    if (kind_of(token) != json_kind::array)
      refuse_value(column, {kind_of(token).value_or(json_kind::text), token}, "an array of scores");
    std::size_t count = 0;
    for (auto each : value.get_array()) {
      json::value inner = each.value();
      const double x = score(inner, column);
      if (count < width_) scores_[count] = x;
      ++count;
    }
    if (count != width_)
      refuse(
          fmt::format("{} has {} scores, expected {} as in the first row; where rows have fewer options, write an "
                      "object whose keys are the classes",
                      name_of(column), count, width_));
    scores_read_ = count;
  }

  void read_keyed(json::value& value, std::size_t column) {
    const std::string_view token = token_of(value);
    if (kind_of(token) != json_kind::object)
      refuse_value(column, {kind_of(token).value_or(json_kind::text), token}, "an object whose keys are the classes");
    std::size_t expected = 0;
    for (auto each : value.get_object()) {
      const std::string_view key = each.unescaped_key();
      const std::size_t k = class_of(key, expected);
      if (k == jsonl_fields::none)
        refuse(
            fmt::format("{} has the key \"{}\", which is no class of {}; if it is one, list all classes with "
                        "--classes",
                        name_of(column), key.substr(0, longest_shown),
                        classes_->size() > 5 ? fmt::format("the {}", classes_->size())
                                             : fmt::format("\"{}\"", fmt::join(classes_->names(), "\", \""))));
      if (seen_[k] == row_ + 1)
        refuse(fmt::format("{} has the key \"{}\" twice, expected each class once", name_of(column),
                           key.substr(0, longest_shown)));
      seen_[k] = row_ + 1;
      json::value inner = each.value();
      scores_[k] = score(inner, column);
      ++scores_read_;
    }
  }

  /// The class of a key, which is mostly the one behind the class of the key before.
  std::size_t class_of(std::string_view key, std::size_t& expected) const {
    if (expected >= width_ || (*classes_)[expected] != key) {
      const auto found = classes_->find(key);
      if (!found) return jsonl_fields::none;
      expected = static_cast<std::size_t>(*found);
    }
    return expected++;
  }

  jsonl_lines lines_;
  jsonl_fields fields_;
  std::string first_line_;  ///< with padding
  column_roles roles_;
  json::parser parser_;
  std::optional<score_array> array_;  ///< scores are one field
  double absent_ = not_a_number;      ///< score of a class that a row lacks
  std::vector<json_cell> cells_;      ///< by column, those with a role
  std::vector<std::size_t> score_of_column_;
  std::vector<std::uint64_t> last_row_;  ///< by field: one more than the last row that has it
  std::vector<std::uint64_t> seen_;      ///< by class: the same
  const class_names* classes_ = nullptr;
  std::size_t width_ = 0;
  double* scores_ = nullptr;  ///< of the current row
  std::size_t scores_read_ = 0;
  std::uint64_t row_ = 0;  ///< in this file
};

class jsonl_table final : public table_file {
 public:
  jsonl_table(const std::string& path, std::optional<score_kind> kind) : lines_(path), kind_(kind) {
    std::string_view line;
    if (!lines_.next(line))
      throw error(error_code::malformed_input,
                  fmt::format("{}: the file is empty, expected one JSON object per line", path));
    first_line_ = line;
    first_line_.append(simdjson::SIMDJSON_PADDING, ' ');
    try {
      json::parser parser;
      json::document record = parse(parser, line);
      fields_.emplace(record);
    } catch (const simdjson::simdjson_error& problem) {
      refuse_json(lines_, 0, problem);
    }
    require_distinct_columns(path, fields_->columns());
  }

  [[nodiscard]] const std::vector<std::string>& columns() const override { return fields_->columns(); }
  [[nodiscard]] std::optional<score_array> array_at(std::size_t column) override { return fields_->array_at(column); }
  [[nodiscard]] std::unique_ptr<row_reader> rows(const column_roles& roles, bool) override {
    return std::make_unique<jsonl_rows>(std::move(lines_), *std::move(fields_), std::move(first_line_), roles, kind_);
  }

 private:
  jsonl_lines lines_;
  std::optional<score_kind> kind_;
  std::string first_line_;  ///< with padding
  std::optional<jsonl_fields> fields_;
};

}  // namespace

std::unique_ptr<table_file> open_jsonl(const std::string& path, std::optional<score_kind> kind) {
  return std::make_unique<jsonl_table>(path, kind);
}

}  // namespace calibrant::io

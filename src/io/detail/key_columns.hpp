#pragma once

#include <cstdint>
#include <string_view>

#include <calibrant/evaluation/prediction_batch.hpp>

#include "io/detail/column_roles.hpp"
#include "io/detail/row_keys.hpp"

namespace calibrant::io {

/// Appends to `into` and `keys` what the columns that are no scores say of one row; the only place where roles become
/// numbers. `row` is the format's view of its cells:
///
///   double number(std::size_t column)                                 NaN where there is none
///   auto visit(std::size_t column, on_integer, on_text, on_null)      calls the one that fits
///
/// `line` is that of a text file, or 0.
template <class Row>
void append_keys(const column_roles& roles, const Row& row, std::uint64_t line, batch_buffers& into, row_keys& keys) {
  const std::size_t position = roles.have_truth() ? into.labels.size()
                               : roles.prediction ? into.predictions.size()
                                                  : keys.ids().size();
  const row_place place{into.source, into.first_row + position, line};
  const auto class_of = [&](label_mapper& mapper, std::size_t column) {
    return row.visit(
        column, [&](std::int64_t value) { return mapper.map(value, place); },
        [&](std::string_view text) { return mapper.map(text, place); }, [&] { return mapper.missing(place); });
  };
  if (roles.id)
    row.visit(
        *roles.id, [&](std::int64_t value) { keys.append_id(value); },
        [&](std::string_view text) { keys.append_id(text); }, [&] { keys.append_id(std::string_view()); });
  if (roles.prediction) into.predictions.push_back(class_of(keys.predictions(), *roles.prediction));
  if (!roles.have_truth()) return;

  for (const std::size_t column : roles.label_shares) into.label_shares.push_back(row.number(column));
  std::int32_t label = soft_label;
  if (position < into.predictions.size() && into.predictions[position] == refused_label)
    label = refused_label;  // recorded once, whatever else the row holds
  else if (roles.correct)
    label = row.visit(
        *roles.correct, [&](std::int64_t value) { return keys.correctness(value, place); },
        [&](std::string_view text) { return keys.correctness(text, place); },
        [&] { return keys.correctness(std::string_view(), place); });
  else if (roles.label)
    label = class_of(keys.labels(), *roles.label);
  if (roles.weight) into.weights.push_back(keys.weight(row.number(*roles.weight), label, place));
  if (roles.group)
    into.groups.push_back(row.visit(
        *roles.group, [&](std::int64_t value) { return keys.groups().index_of(value); },
        [&](std::string_view text) { return keys.groups().index_of(text); }, [&] { return keys.groups().missing(); }));
  into.labels.push_back(label);
}

}  // namespace calibrant::io

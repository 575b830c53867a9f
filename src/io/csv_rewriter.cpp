#include <string_view>

#include <fmt/format.h>
#include <calibrant/io/atomic_file.hpp>

#include "io/detail/csv_records.hpp"
#include "io/detail/score_rewriters.hpp"

namespace calibrant::io {
namespace {

constexpr std::size_t flushed_at = std::size_t{1} << 20;

/// A cell as RFC 4180 writes it: in quotes where it must be.
void append_cell(std::string& line, std::string_view cell, char separator) {
  const bool bare =
      cell.find_first_of("\"\r\n") == std::string_view::npos && cell.find(separator) == std::string_view::npos;
  if (bare) {
    line += cell;
    return;
  }
  line += '"';
  for (const char c : cell) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

}  // namespace

void rewrite_csv(const std::string& from, char from_separator, const std::string& to, char to_separator,
                 const score_places& places, calibrated_stream& rows) {
  csv_records records(from, from_separator);
  atomic_file file(to);
  std::vector<std::string_view> cells;
  std::string text;
  const auto append_record = [&](const std::vector<double>* p, const std::vector<std::size_t>& class_of_column) {
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (c > 0) text += to_separator;
      if (p != nullptr && class_of_column[c] < p->size())
        fmt::format_to(std::back_inserter(text), "{}", (*p)[class_of_column[c]]);
      else
        append_cell(text, cells[c], to_separator);
    }
    text += '\n';
    if (text.size() < flushed_at) return;
    file.write(text);
    text.clear();
  };
  static_cast<void>(records.next(cells));
  std::vector<std::size_t> class_of_column(cells.size(), ~std::size_t{0});
  for (std::size_t k = 0; k < places.columns.size(); ++k)
    class_of_column[places.columns[k]] = places.columns.size() == 1 ? places.only_class : k;
  append_record(nullptr, class_of_column);
  // The stream has checked every record on its own way through the file, so those here are as many and well formed.
  std::vector<double> p(rows.columns());
  while (rows.available() > 0 && records.next(cells)) {
    rows.take(1, p.data());
    append_record(&p, class_of_column);
  }
  file.write(text);
  file.commit();
}

}  // namespace calibrant::io

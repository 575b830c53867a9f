#include "io/detail/label_join.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/nearest_name.hpp"

namespace calibrant::io {
namespace {

constexpr std::size_t rows_at_once = 32768;
constexpr std::size_t most_named = 5;

[[noreturn]] void refuse_absent(const std::string& path, std::uint64_t row) {
  throw error(error_code::malformed_input,
              fmt::format("{}: row {} has no id, expected one in every row of both files that --id joins", path, row));
}

[[noreturn]] void refuse_twice(const std::string& path, std::uint64_t row, const std::string& id) {
  throw error(
      error_code::malformed_input,
      fmt::format("{}: row {} has the id \"{}\" again, expected each id once; remove one of the rows", path, row, id));
}

}  // namespace

label_join::label_join(std::string path, row_reader& rows, truth_kind truth) : path_(std::move(path)), truth_(truth) {
  while (rows.read(rows_at_once, all_, seen_) > 0) {
  }
  ids_.swap(seen_.ids());
  row_of_.reserve(ids_.size());
  for (std::size_t row = 0; row < ids_.size(); ++row) {
    if (ids_[row].empty()) refuse_absent(path_, row);
    if (!row_of_.emplace(ids_[row], row).second) refuse_twice(path_, row, ids_[row]);
  }
  used_.resize(ids_.size());
}

void label_join::append(const std::string& path, batch_buffers& into, row_keys& keys) {
  const std::size_t K = all_.labels.empty() ? 0 : all_.label_shares.size() / all_.labels.size();
  for (const std::string& id : keys.ids()) {
    const row_place place = next_key_place(into);
    if (id.empty()) refuse_absent(path, place.row);
    const auto found = row_of_.find(id);
    if (found == row_of_.end())
      throw error(error_code::missing_input,
                  fmt::format("{}: row {} has the id \"{}\", which {} does not hold, expected the same ids in both "
                              "files; add its label or remove the row",
                              path, place.row, id, path_));
    const std::size_t row = found->second;
    if (used_[row]) refuse_twice(path, place.row, id);
    used_[row] = true;

    const bool refused =
        into.labels.size() < into.predictions.size() && into.predictions[into.labels.size()] == refused_label;
    std::int32_t label = refused ? refused_label : label_of(row, place, keys);
    if (!all_.weights.empty()) into.weights.push_back(keys.weight(all_.weights[row], label, place));
    if (!all_.groups.empty())
      into.groups.push_back(keys.groups().index_of(seen_.groups().names()[static_cast<std::size_t>(all_.groups[row])]));
    into.label_shares.insert(into.label_shares.end(), all_.label_shares.begin() + static_cast<std::ptrdiff_t>(row * K),
                             all_.label_shares.begin() + static_cast<std::ptrdiff_t>((row + 1) * K));
    into.labels.push_back(label);
  }
  keys.ids().clear();
}

std::int32_t label_join::label_of(std::size_t row, const row_place& place, row_keys& keys) const {
  const std::int32_t seen = all_.labels[row];
  if (seen == soft_label) return soft_label;
  const std::string_view name =
      seen == refused_label ? std::string_view() : seen_.names_seen()[static_cast<std::size_t>(seen)];
  if (truth_ == truth_kind::correctness) return keys.correctness(name, place);
  return name.empty() ? keys.labels().missing(place) : keys.labels().map(name, place);
}

void label_join::require_all_used() const {
  std::vector<std::string> left;
  for (std::size_t row = 0; row < used_.size(); ++row)
    if (!used_[row]) left.push_back(ids_[row]);
  if (left.empty()) return;
  throw error(error_code::missing_input,
              fmt::format("{}: {} ids stand in no row of the predictions: {}, expected the same ids in both files; "
                          "remove these labels or add the predictions",
                          path_, left.size(), quoted_list(left, most_named)));
}

}  // namespace calibrant::io

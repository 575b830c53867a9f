#include <calibrant/evaluation/row_problems.hpp>

#include <tuple>
#include <utility>

namespace calibrant {
namespace {

bool earlier(const row_problems::entry& a, const row_problems::entry& b) {
  return std::tie(a.source, a.row) < std::tie(b.source, b.row);
}

}  // namespace

std::string_view name_of(row_problem problem) noexcept {
  switch (problem) {
    case row_problem::not_finite:
      return "not_finite";
    case row_problem::negative:
      return "negative";
    case row_problem::above_one:
      return "above_one";
    case row_problem::bad_sum:
      return "bad_sum";
    case row_problem::missing_label:
      return "missing_label";
    case row_problem::unknown_label:
      return "unknown_label";
    case row_problem::invalid_weight:
      return "invalid_weight";
  }
  return "unknown";
}

void row_problems::record(row_problem problem, std::size_t source, std::uint64_t row, std::string got) {
  entry& known = entries_[static_cast<std::size_t>(problem)];
  entry fresh{known.count + 1, source, row, std::move(got)};
  if (known.count == 0 || earlier(fresh, known))
    known = std::move(fresh);
  else
    known.count = fresh.count;
}

void row_problems::merge(const row_problems& other) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const entry& theirs = other.entries_[i];
    if (theirs.count == 0) continue;
    entry& ours = entries_[i];
    const std::uint64_t count = ours.count + theirs.count;
    if (ours.count == 0 || earlier(theirs, ours)) ours = theirs;
    ours.count = count;
  }
}

std::uint64_t row_problems::total() const noexcept {
  std::uint64_t sum = 0;
  for (const entry& e : entries_) sum += e.count;
  return sum;
}

std::optional<row_problem> row_problems::first() const noexcept {
  std::optional<row_problem> result;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto problem = static_cast<row_problem>(i);
    if (entries_[i].count > 0 && (!result || earlier(entries_[i], (*this)[*result]))) result = problem;
  }
  return result;
}

}  // namespace calibrant

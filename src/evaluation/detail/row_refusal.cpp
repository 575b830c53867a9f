#include "evaluation/detail/row_refusal.hpp"

#include <string>

#include <calibrant/core/error.hpp>

namespace calibrant::detail {

void refuse_rows(const row_problems& problems, const std::vector<source_info>& sources, std::uint64_t rows) {
  const row_problem first = problems.first().value();
  const row_problems::entry& offender = problems[first];
  const error_code code = first == row_problem::missing_label || first == row_problem::unknown_label
                              ? error_code::invalid_labels
                          : first == row_problem::invalid_weight ? error_code::invalid_weights
                                                                 : error_code::invalid_scores;
  const std::string path = offender.source < sources.size() ? sources[offender.source].path + ": " : std::string();
  const bool hopeless = problems.total() == rows && rows > 1;  // dropping every row leaves none
  const std::string others =
      problems.total() == 1 ? "no other row is refused"
      : hopeless            ? "all " + std::to_string(rows) + " rows are refused"
                            : std::to_string(problems.total()) + " of " + std::to_string(rows) + " rows are refused";
  throw error(code, path + "row " + std::to_string(offender.row) + " " + offender.got + "; " + others +
                        (hopeless ? "; repair them" : "; repair them, or drop them with --on-invalid skip"));
}

}  // namespace calibrant::detail

#include <calibrant/evaluation/automatic_selection.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include <calibrant/calibrators/folds.hpp>
#include <calibrant/calibrators/row_mapper.hpp>
#include <calibrant/core/bin_edges.hpp>

namespace calibrant {
namespace {

constexpr std::size_t fold_count = 5;
constexpr std::size_t fewest_rows = 20;
constexpr std::size_t rows_for_curves = 100;
constexpr std::size_t most_classes_in_pairs = 10;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double one_sided_95 = 1.6448536269514722;  // quantile of the normal distribution

struct candidate {
  const calibrator_entry* method;
  std::vector<std::pair<std::string, std::string>> options;
};

calibrator_options options_of(const candidate& c) {
  calibrator_options options;
  for (const auto& [name, text] : c.options) find_calibrator_option(name)->set(options, text);
  return options;
}

std::string text_of(double x) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.4g", x);
  return text.data();
}

std::string with_thousands(std::size_t n) {
  std::string text = std::to_string(n);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

/// "1 number", "12 numbers"
std::string numbers_text(std::size_t n) { return with_thousands(n) + (n == 1 ? " number" : " numbers"); }

/// From simple to rich, as far as the rows can afford them.
std::vector<candidate> affordable(const training_set& rows, std::vector<std::string>& left_out) {
  const std::size_t K = rows.classes();
  const std::size_t n = rows.rows();
  std::vector<candidate> all;
  for (const char* const name : {"identity", "temperature", "ts_mix", "ets", "svs", "vector", "beta"})
    all.push_back({find_calibrator(name), {}});
  const std::size_t matrix = K * K + K;
  if (n >= 30 * matrix) {
    for (const char* const strength : {"0.1", "0.01", "0.001"})
      all.push_back({find_calibrator("dirichlet_odir"), {{"lambda", strength}, {"mu", strength}}});
  } else {
    left_out.push_back("dirichlet_odir: " + with_thousands(n) + " rows for " + with_thousands(matrix) +
                       " numbers are too few, 30 for each are asked for");
  }
  // Curves whose ends are never exactly 0 or 1, so that no held-out loss is infinite.
  all.push_back({find_calibrator("irm"), {{"smooth_ends", "true"}}});
  if (n >= rows_for_curves * K) {
    all.push_back({find_calibrator("isotonic"), {{"smooth_ends", "true"}}});
    all.push_back({find_calibrator("venn_abers"), {}});
    if (K > 2 && K <= most_classes_in_pairs) all.push_back({find_calibrator("venn_abers_pairs"), {}});
  } else {
    left_out.push_back("isotonic, venn_abers: " + with_thousands(n) + " rows for " + with_thousands(K) +
                       " classes are too few, " + with_thousands(rows_for_curves) + " for each are asked for");
  }
  return all;
}

/// What a map says of rows that it has not learned from, one after the other.
struct held_out {
  std::vector<double> scores;
  std::vector<double> confidences;
  std::vector<bool> right;

  explicit held_out(std::size_t n) : scores(n), confidences(n), right(n) {}
};

/// Scores the rows of `test`, whose numbers among all rows are `places`.
void score_rows(const calibration_map& map, const training_set& test, const std::vector<std::size_t>& places,
                selection_score by, held_out& into) {
  const std::size_t K = test.classes();
  row_mapper mapper(map, test.are_logits(), test.floor());
  std::vector<double> p(K);
  for (std::size_t i = 0; i < test.rows(); ++i) {
    mapper.map(view_of(test.values()), i, 1, p.data());
    const auto y = static_cast<std::size_t>(test.label(i));
    const auto top = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    double score = 0;
    if (by == selection_score::log_loss)
      score = -std::log(p[y]);
    else
      for (std::size_t k = 0; k < K; ++k) score += (p[k] - (k == y ? 1.0 : 0.0)) * (p[k] - (k == y ? 1.0 : 0.0));
    into.scores[places[i]] = score;
    into.confidences[places[i]] = p[top];
    into.right[places[i]] = top == y;
  }
}

/// Every candidate on every row, each row mapped by what has learned from the other folds.
std::vector<held_out> cross_validated(const training_set& rows, const std::vector<candidate>& candidates,
                                      const std::vector<std::uint8_t>& fold, selection_score by) {
  std::vector<held_out> results(candidates.size(), held_out(rows.rows()));
  for (std::size_t f = 0; f < fold_count; ++f) {
    std::vector<bool> learn(rows.rows());
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      learn[i] = fold[i] != f;
      if (!learn[i]) places.push_back(i);
    }
    if (places.empty() || places.size() == rows.rows()) continue;
    const row_selection train(rows, learn);
    learn.flip();
    const row_selection test(rows, learn);
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const fitted_map fitted = candidates[c].method->fit(train.rows(), options_of(candidates[c]));
      score_rows(*fitted.map, test.rows(), places, by, results[c]);
    }
  }
  return results;
}

struct paired_mean {
  double mean;
  double error;  ///< standard error
};

/// Of a - b over rows with weights.
paired_mean difference(const std::vector<double>& a, const std::vector<double>& b, const training_set& rows) {
  double total = 0;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    total += rows.weight(i);
    sum += rows.weight(i) * (a[i] == b[i] ? 0.0 : a[i] - b[i]);  // infinity minus itself is no difference
  }
  const double mean = sum / total;
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double off = rows.weight(i) * ((a[i] == b[i] ? 0.0 : a[i] - b[i]) - mean);
    squares += off * off;
  }
  return {mean, std::sqrt(squares) / total};
}

double weighted_mean(const std::vector<double>& x, const training_set& rows) {
  double total = 0;
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    total += rows.weight(i);
    sum += rows.weight(i) * x[i];
  }
  return sum / total;
}

struct choice {
  std::size_t chosen = 0;
  std::size_t best = 0;
};

/// The fewest numbers within one standard error of the best; of equally many the one that comes first.
choice choose(const std::vector<held_out>& results, const std::vector<std::size_t>& parameters,
              const training_set& rows) {
  choice made;
  double least = infinity;
  for (std::size_t c = 0; c < results.size(); ++c)
    if (const double mean = weighted_mean(results[c].scores, rows); mean < least) {
      least = mean;
      made.best = c;
    }
  made.chosen = made.best;
  for (std::size_t c = 0; c < results.size(); ++c) {
    const paired_mean behind = difference(results[c].scores, results[made.best].scores, rows);
    const bool simpler =
        parameters[c] < parameters[made.chosen] || (parameters[c] == parameters[made.chosen] && c < made.chosen);
    if (std::isfinite(behind.mean) && behind.mean <= behind.error && simpler) made.chosen = c;
  }
  return made;
}

/// Learned numbers of each candidate; of curves those that the whole rows give.
std::vector<std::size_t> parameter_counts(const training_set& rows, const std::vector<candidate>& candidates) {
  std::vector<std::size_t> counts;
  for (const candidate& c : candidates) {
    std::size_t count = c.method->parameters(rows.classes());
    if (count == 0 && c.method->name != "identity")
      for (const parameter& p : c.method->fit(rows, options_of(c)).map->parameters()) count += p.values.size();
    counts.push_back(count);
  }
  return counts;
}

/// Top-label calibration error of held-out rows in 15 bins of equal width.
double calibration_error(const held_out& result, const training_set& rows) {
  const bin_edges edges = bin_edges::equal_width(15);
  std::vector<double> gaps(edges.bins(), 0.0);
  double total = 0;
  for (std::size_t i = 0; i < result.confidences.size(); ++i) {
    const double c = std::min(result.confidences[i], 1.0);
    gaps[edges.bin_of(c)] += rows.weight(i) * (c - (result.right[i] ? 1.0 : 0.0));
    total += rows.weight(i);
  }
  double sum = 0;
  for (const double gap : gaps) sum += std::abs(gap);
  return sum / total;
}

std::optional<double> finite(double x) { return std::isfinite(x) ? std::optional(x) : std::nullopt; }

std::string title(const candidate_result& c) {
  std::string text = c.method;
  for (const auto& [name, value] : c.options)
    text += (name == c.options.front().first ? " (" : ", ") + name + " = " + value;
  return c.options.empty() ? text : text + ")";
}

std::string why(const candidate_result& chosen, const candidate_result& best, selection_score by) {
  const std::string what = "held-out " + std::string(by == selection_score::log_loss ? "log loss" : "Brier score");
  if (&chosen == &best)
    return title(best) + ": its " + what + " of " + text_of(best.score.value_or(infinity)) +
           " is the least, and no simpler candidate is within one standard error of it";
  const std::string simpler =
      chosen.parameters == best.parameters
          ? "is the simpler one of two that learn " + numbers_text(best.parameters)
          : "learns " + numbers_text(chosen.parameters) + " instead of " + with_thousands(best.parameters);
  return title(chosen) + ": its " + what + " of " + text_of(chosen.score.value_or(infinity)) +
         " is within one standard error (" + text_of(chosen.behind_error) + ") of the least, " +
         text_of(best.score.value_or(infinity)) + " of " + title(best) + ", and it " + simpler;
}

}  // namespace

std::string_view name_of(selection_score score) noexcept {
  return score == selection_score::log_loss ? "log_loss" : "brier";
}

selected_calibrator select_calibrator(const training_set& rows, const selection_options& options) {
  selected_calibrator result;
  selection_record& record = result.record;
  record.score = options.score;
  const calibrator_entry* const identity = find_calibrator("identity");
  const auto keep = [&](const candidate& c) {
    result.method = c.method;
    result.options = c.options;
    result.fitted = c.method->fit(rows, options_of(c));
    return std::move(result);
  };
  if (rows.rows() < fewest_rows) {
    record.reason = "identity: " + std::to_string(rows.rows()) + " rows are too few to choose by, at least " +
                    std::to_string(fewest_rows) + " are asked for";
    return keep({identity, {}});
  }
  record.folds = fold_count;
  const std::vector<candidate> candidates = affordable(rows, record.left_out);
  const std::vector<std::size_t> parameters = parameter_counts(rows, candidates);
  const std::vector<std::uint8_t> fold = stratified_folds(rows, fold_count, options.seed);
  const std::vector<held_out> results = cross_validated(rows, candidates, fold, options.score);
  const choice made = choose(results, parameters, rows);
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const paired_mean behind = difference(results[c].scores, results[made.best].scores, rows);
    const bool comparable = std::isfinite(behind.mean);
    std::vector<double> right(results[c].right.begin(), results[c].right.end());
    record.candidates.push_back({.method = std::string(candidates[c].method->name),
                                 .options = candidates[c].options,
                                 .parameters = parameters[c],
                                 .score = finite(weighted_mean(results[c].scores, rows)),
                                 .behind = comparable ? behind.mean : 0,
                                 .behind_error = comparable ? behind.error : 0,
                                 .accuracy = weighted_mean(right, rows),
                                 .ece = calibration_error(results[c], rows)});
  }

  // The whole procedure once more without each fold: what it chose there, on the rows of the fold.
  std::vector<double> of_procedure(rows.rows());
  for (std::size_t f = 0; f < fold_count; ++f) {
    std::vector<bool> outside(rows.rows());
    for (std::size_t i = 0; i < rows.rows(); ++i) outside[i] = fold[i] != f;
    const row_selection others(rows, outside);
    const std::vector<std::uint8_t> inner = stratified_folds(others.rows(), fold_count, options.seed + 1 + f);
    const std::vector<held_out> inside = cross_validated(others.rows(), candidates, inner, options.score);
    const std::size_t chosen = choose(inside, parameters, others.rows()).chosen;
    for (std::size_t i = 0; i < rows.rows(); ++i)
      if (fold[i] == f) of_procedure[i] = results[chosen].scores[i];
  }
  const std::vector<double>& of_identity = results.front().scores;
  const paired_mean gain = difference(of_identity, of_procedure, rows);
  const double identity_mean = weighted_mean(of_identity, rows);
  const double estimate = weighted_mean(of_procedure, rows);
  record.estimate = finite(estimate);
  record.identity = finite(identity_mean);
  record.gain_at_least = std::isfinite(gain.mean) ? gain.mean - one_sided_95 * gain.error : 0;
  record.optimism =
      record.estimate && record.candidates[made.chosen].score ? estimate - *record.candidates[made.chosen].score : 0;

  const bool rescued = std::isinf(identity_mean) && record.candidates[made.chosen].score;
  if (made.chosen == 0) {
    record.reason = why(record.candidates[0], record.candidates[made.best], options.score);
  } else if (rescued) {
    record.reason = why(record.candidates[made.chosen], record.candidates[made.best], options.score) +
                    "; the identity gives some labels the probability 0, an infinite loss";
  } else if (!(record.gain_at_least > 0)) {
    record.reason = "identity: no evidence that any candidate is better on other rows; choosing gained " +
                    text_of(gain.mean) + " on held-out rows, with a standard error of " + text_of(gain.error);
    return keep(candidates.front());
  } else {
    record.reason = why(record.candidates[made.chosen], record.candidates[made.best], options.score);
  }
  return keep(candidates[made.chosen]);
}

}  // namespace calibrant

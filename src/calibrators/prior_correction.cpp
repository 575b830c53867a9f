#include <calibrant/calibrators/prior_correction.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <numeric>

#include <calibrant/calibrators/label_shift.hpp>
#include <calibrant/core/error.hpp>

#include "calibrators/detail/normalize_row.hpp"

namespace calibrant {
namespace {

std::string short_text(double x) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.3g", x);
  return text.data();
}

void require_known_shares(const std::vector<double>& to, std::size_t K) {
  const double total = std::accumulate(to.begin(), to.end(), 0.0);
  const bool shares = std::all_of(to.begin(), to.end(), [](double s) { return s >= 0 && s <= 1; });
  if (to.size() != K || !shares || std::abs(total - 1) > 1e-6)
    throw error(error_code::invalid_argument, "option \"to\": got " + std::to_string(to.size()) +
                                                  " numbers with a sum of " + short_text(total) +
                                                  ", expected the new share of each of the " + std::to_string(K) +
                                                  " classes in their order, with a sum of 1");
}

void require_target(const training_set& rows, const prior_options& options) {
  if (options.to.empty() == !options.target.has_value())
    throw error(error_code::invalid_argument,
                options.to.empty()
                    ? "prior correction: got no target, expected rows without labels whose classes have the new "
                      "shares, or the shares themselves as option \"to\""
                    : "prior correction: got target rows and the option \"to\", expected one of them");
  if (options.target &&
      (options.target->index() != rows.values().index() || view_of(*options.target).columns() != rows.classes()))
    throw error(error_code::shape_mismatch,
                "target: got scores of another kind or of " + std::to_string(view_of(*options.target).columns()) +
                    " classes, expected " + (rows.are_logits() ? "logits" : "probabilities") + " of " +
                    std::to_string(rows.classes()) + " as the rows that are learned from");
  if (options.target && view_of(*options.target).rows() == 0)
    throw error(error_code::no_rows, "target: got no rows, expected some whose classes have the new shares");
}

void note_shift(const label_shift& shift, const prior_options& options, fit_report& report) {
  if (options.estimator == shift_estimator::em) {
    report.notes.push_back({"target_rows", "shares of greatest likelihood of " +
                                               std::to_string(view_of(*options.target).rows()) + " target rows after " +
                                               std::to_string(shift.passes) + " passes of EM"});
  } else {
    report.notes.push_back({"condition_number", "the confusion matrix has a condition number of " +
                                                    short_text(shift.condition) +
                                                    "; errors of what is predicted grow by up to that"});
  }
  if (!shift.converged) {
    report.converged = false;
    report.notes.push_back({"not_converged", "the shares still moved by more than 1e-8 after " +
                                                 std::to_string(shift.passes) + " passes of EM"});
  }
  if (shift.negative > 0)
    report.notes.push_back({"clipped_shares", std::to_string(shift.negative) + " of " +
                                                  std::to_string(shift.shares.size()) +
                                                  " classes came out with a share below 0 and have 0 now"});
}

}  // namespace

prior_correction::prior_correction(std::shared_ptr<const bias_corrected_temperature> base, std::vector<double> from,
                                   std::vector<double> to, std::vector<double> errors) noexcept
    : base_(std::move(base)), from_(std::move(from)), to_(std::move(to)), errors_(std::move(errors)) {
  for (std::size_t k = 0; k < from_.size(); ++k) ratios_.push_back(to_[k] / from_[k]);
}

prior_correction::prior_correction(const parameter_list& stored)
    : prior_correction(std::make_shared<const bias_corrected_temperature>(stored),
                       stored.numbers("prior_from", std::array{stored.classes()}),
                       stored.numbers("prior_to", std::array{stored.classes()}),
                       stored.numbers("ratio_errors", std::array{stored.classes()})) {
  const auto positive = [](double x) { return x > 0; };
  const auto not_negative = [](double x) { return x >= 0; };
  if (!std::all_of(from_.begin(), from_.end(), positive) || !std::all_of(to_.begin(), to_.end(), not_negative))
    throw error(error_code::malformed_input, "parameters \"prior_from\", \"prior_to\" are no shares of classes");
}

std::size_t prior_correction::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  base_->apply(from, p, K);
  for (std::size_t i = 0; i < p.size(); i += K)
    for (std::size_t k = 0; k < K; ++k) p[i + k] *= ratios_[k];
  return detail::normalize_rows(p, K);
}

std::vector<parameter> prior_correction::parameters() const {
  std::vector<parameter> all = base_->parameters();
  all.push_back({"prior_from", {from_.size()}, from_});
  all.push_back({"prior_to", {to_.size()}, to_});
  all.push_back({"ratio_errors", {errors_.size()}, errors_});
  return all;
}

fitted_map fit_prior_correction(const training_set& rows, const prior_options& options) {
  const std::size_t K = rows.classes();
  require_target(rows, options);
  if (!options.to.empty()) require_known_shares(options.to, K);
  for (std::size_t k = 0; k < K; ++k)
    if (rows.class_weights()[k] == 0)
      throw error(error_code::invalid_labels,
                  "prior correction: class " + std::to_string(k) +
                      " (counted from 0) has no row, expected some of every class, since nothing tells its share "
                      "otherwise; leave the class out or add rows");
  fit_report report;
  std::shared_ptr<const bias_corrected_temperature> scaling;
  if (options.calibrate_first) {
    fitted_map base = fit_bias_corrected_temperature(rows);
    const std::vector<parameter> learned = base.map->parameters();
    scaling = std::make_shared<const bias_corrected_temperature>(parameter_list(learned, K));
    report = std::move(base.report);
    report.loss_after.reset();
  } else {
    scaling = std::make_shared<const bias_corrected_temperature>(1.0, std::vector<double>(K, 0.0));
  }
  std::vector<double> pi = rows.class_weights();
  for (double& share : pi) share /= rows.total_weight();
  if (!options.to.empty())
    return {std::make_unique<prior_correction>(scaling, std::move(pi), options.to, std::vector<double>(K, 0.0)),
            std::move(report)};
  const probability_rows source = mapped_rows(*scaling, rows.values(), rows.floor(), options.seed, rows.pool());
  const probability_rows target = mapped_rows(*scaling, *options.target, rows.floor(), options.seed, rows.pool());
  label_shift shift = options.estimator == shift_estimator::em
                          ? shares_by_likelihood(rows, source, target)
                          : shares_by_confusion(rows, source, target, options.estimator == shift_estimator::rlls);
  note_shift(shift, options, report);
  return {std::make_unique<prior_correction>(scaling, std::move(pi), std::move(shift.shares), std::move(shift.errors)),
          std::move(report)};
}

std::string prior_correction::describe(operator_graph& graph, const std::string& from) const {
  return graph.normalized(graph.product(base_->describe(graph, from), graph.row(ratios_)));
}

}  // namespace calibrant

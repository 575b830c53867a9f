#include "evaluation/detail/row_check.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "evaluation/detail/soft_labels.hpp"

namespace calibrant::detail {

std::string short_number(double x) {
  if (std::isnan(x)) return "NaN";
  if (std::isinf(x)) return x > 0 ? "infinity" : "-infinity";
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, x, std::chars_format::general, 6).ptr;
  return {text, end};
}

namespace {

std::string in_class(double x, const class_names& classes, std::size_t k) {
  return "has " + short_number(x) + " in column " + std::to_string(k) + " (class \"" + classes[k] + "\")";
}

}  // namespace

template <class T>
row_complaint explain_probabilities(const T* row, const class_names& classes) {
  double total = 0;
  double largest = 0;
  std::size_t worst = 0;
  std::optional<row_problem> problem;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const double p = to_double(row[k]);
    total += p;
    if (p > largest) largest = p;
    const std::optional<row_problem> here = !std::isfinite(p)        ? std::optional(row_problem::not_finite)
                                            : p < 0                  ? std::optional(row_problem::negative)
                                            : p > 1 + clip_tolerance ? std::optional(row_problem::above_one)
                                                                     : std::nullopt;
    // The gravest problem names the row: not finite before negative before above one.
    if (here && (!problem || *here < *problem)) {
      problem = here;
      worst = k;
    }
  }
  if (!problem)
    return {row_problem::bad_sum, "sums to " + short_number(total) + ", expected 1 within " +
                                      short_number(sum_tolerance<T>) + " (K = " + std::to_string(classes.size()) +
                                      "); divide each row by its sum with --renormalize, or declare --logits"};
  std::string got = in_class(to_double(row[worst]), classes, worst);
  switch (*problem) {
    case row_problem::not_finite:
      return {*problem, got + ", expected a number from 0 to 1"};
    case row_problem::negative:
      return {*problem, got + ", expected a probability from 0 to 1; declare --logits if the scores are logits"};
    default:
      break;
  }
  const bool percent = total > 99 && total < 101;
  return {*problem, got + ", expected a probability from 0 to 1; " +
                        (percent ? "the row sums to " + short_number(total) +
                                       ", so these look like percentages: say so with --scale percent"
                                 : std::string("declare --logits if the scores are logits"))};
}

template <class T>
row_complaint explain_logits(const T* row, const class_names& classes) {
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const double z = to_double(row[k]);
    if (!(z < std::numeric_limits<double>::infinity()))
      return {row_problem::not_finite, in_class(z, classes, k) + ", expected a finite logit or -infinity"};
  }
  return {row_problem::not_finite, "has -infinity for every class, expected at least one finite logit"};
}

row_complaint explain_confidence(double confidence) {
  const row_problem problem = !std::isfinite(confidence) ? row_problem::not_finite
                              : confidence < 0           ? row_problem::negative
                                                         : row_problem::above_one;
  const bool percent = confidence > 1 && confidence <= 100;
  return {problem, "has confidence " + short_number(confidence) + ", expected a number from 0 to 1" +
                       (percent ? "; if confidences go from 0 to 100, say so with --scale percent" : "")};
}

row_complaint explain_soft_label(const double* shares, const class_names& classes) {
  double total = 0;
  bool missing = false;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    total += shares[k];
    missing = missing || std::isnan(shares[k]);
    if (shares[k] < 0 || std::isinf(shares[k]))
      return {row_problem::unknown_label, "has " + short_number(shares[k]) + " for class \"" + classes[k] +
                                              "\" in its soft label, expected a share from 0 to 1"};
  }
  if (missing) return {row_problem::missing_label, "has a soft label with NaN or nothing, expected shares from 0 to 1"};
  const bool percent = total > 99 && total < 101;
  return {row_problem::unknown_label, "has a soft label that sums to " + short_number(total) + ", expected 1 within " +
                                          short_number(share_tolerance) +
                                          (percent ? "; divide the percentages by 100" : "")};
}

row_complaint explain_label(std::int32_t label, std::size_t classes) {
  return {row_problem::unknown_label,
          "has label " + std::to_string(label) + ", expected a class index from 0 to " + std::to_string(classes - 1)};
}

row_complaint explain_prediction(std::int32_t prediction, std::size_t classes) {
  return {row_problem::unknown_label, "has prediction " + std::to_string(prediction) +
                                          ", expected a class index from 0 to " + std::to_string(classes - 1)};
}

row_complaint explain_weight(double weight) {
  std::string got = "has weight " + short_number(weight) + ", expected a finite number of at least 0";
  if (weight > 0 && std::isfinite(weight)) got += ", from 1e-100 to 1e60 unless 0; divide all weights by one number";
  return {row_problem::invalid_weight, std::move(got)};
}

template row_complaint explain_probabilities(const float*, const class_names&);
template row_complaint explain_probabilities(const double*, const class_names&);
template row_complaint explain_probabilities(const float16*, const class_names&);
template row_complaint explain_logits(const float*, const class_names&);
template row_complaint explain_logits(const double*, const class_names&);
template row_complaint explain_logits(const float16*, const class_names&);

}  // namespace calibrant::detail

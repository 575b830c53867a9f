#include <calibrant/catalog/calibrator_options.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace calibrant {
namespace {

/// Sets `to` to the choice that the text names.
template <class Choice, std::size_t count>
bool choose(Choice& to, std::string_view text, const std::array<std::pair<std::string_view, Choice>, count>& choices) {
  for (const auto& [name, choice] : choices)
    if (name == text) {
      to = choice;
      return true;
    }
  return false;
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number x{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return x;
}

/// Sets `to` to a whole number in [least, most].
bool set_count(std::size_t& to, std::string_view text, std::size_t least, std::size_t most) {
  const std::optional<std::size_t> x = number_in<std::size_t>(text);
  if (!x || *x < least || *x > most) return false;
  to = *x;
  return true;
}

bool set_strength(std::optional<double>& to, std::string_view text) {
  if (text == "cv") {
    to.reset();
    return true;
  }
  const std::optional<double> x = number_in<double>(text);
  if (!x || !(*x >= 0) || *x > 1e12) return false;
  to = x;
  return true;
}

bool set_shares(std::vector<double>& to, std::string_view text) {
  to.clear();
  if (text == "none") return true;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::optional<double> x = number_in<double>(text.substr(0, comma));
    if (!x) return false;
    to.push_back(*x);
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

constexpr std::array<std::pair<std::string_view, bool>, 2> truth = {{{"false", false}, {"true", true}}};

constexpr std::array entries = {
    calibrator_option{
        "allow_bound", "false|true", "false",
        "where every label has the largest score, the largest inverse temperature instead of 1",
        [](calibrator_options& o, std::string_view text) { return choose(o.temperature.allow_bound, text, truth); }},
    calibrator_option{"objective", "log_loss|brier", "log_loss", "what the shares of the ensemble minimise",
                      [](calibrator_options& o, std::string_view text) {
                        return choose<ensemble_objective, 2>(
                            o.objective, text,
                            {{{"log_loss", ensemble_objective::log_loss}, {"brier", ensemble_objective::brier}}});
                      }},
    calibrator_option{"lambda", "cv|a number >= 0", "cv", "strength of the penalty of the matrix",
                      [](calibrator_options& o, std::string_view text) { return set_strength(o.linear.lambda, text); }},
    calibrator_option{"mu", "cv|a number >= 0", "cv", "strength of the penalty of the offsets",
                      [](calibrator_options& o, std::string_view text) { return set_strength(o.linear.mu, text); }},
    calibrator_option{"seed", "a whole number", "0", "of the parts that the rows are dealt into",
                      [](calibrator_options& o, std::string_view text) {
                        const std::optional<std::uint64_t> x = number_in<std::uint64_t>(text);
                        if (x) o.linear.seed = *x;
                        return x.has_value();
                      }},
    calibrator_option{"scores", "log_odds|raw", "log_odds",
                      "what the sigmoid reads: ln p - ln (1 - p), or the scores as they are",
                      [](calibrator_options& o, std::string_view text) {
                        return choose<sigmoid_input, 2>(
                            o.sigmoid, text, {{{"log_odds", sigmoid_input::log_odds}, {"raw", sigmoid_input::raw}}});
                      }},
    calibrator_option{
        "parameters", "abm|ab|am", "abm",
        "which numbers of the beta curve are free: all; none for its midpoint; one slope",
        [](calibrator_options& o, std::string_view text) {
          return choose<beta_parameters, 3>(
              o.beta, text,
              {{{"abm", beta_parameters::abm}, {"ab", beta_parameters::ab}, {"am", beta_parameters::am}}});
        }},
    calibrator_option{"shape", "interpolated|stepwise", "interpolated", "the curve between the levels",
                      [](calibrator_options& o, std::string_view text) {
                        return choose<curve_shape, 2>(
                            o.isotonic.shape, text,
                            {{{"interpolated", curve_shape::interpolated}, {"stepwise", curve_shape::stepwise}}});
                      }},
    calibrator_option{
        "smooth_ends", "false|true", "false",
        "(hits + 1)/(rows + 2) at the two ends, so that no probability is exactly 0 or 1",
        [](calibrator_options& o, std::string_view text) { return choose(o.isotonic.smooth_ends, text, truth); }},
    calibrator_option{
        "bins", "1 to 65536", "15", "bins of each class",
        [](calibrator_options& o, std::string_view text) { return set_count(o.histogram.bins, text, 1, 65536); }},
    calibrator_option{"binning", "width|mass", "width", "bins of equal width or of equally many rows",
                      [](calibrator_options& o, std::string_view text) {
                        return choose<bin_division, 2>(
                            o.histogram.division, text,
                            {{{"width", bin_division::width}, {"mass", bin_division::mass}}});
                      }},
    calibrator_option{
        "empty", "centre|linear|prior", "centre",
        "the value of a bin without rows: its centre, the line between its neighbours, the class's share",
        [](calibrator_options& o, std::string_view text) {
          return choose<empty_bin, 3>(
              o.histogram.empty, text,
              {{{"centre", empty_bin::centre}, {"linear", empty_bin::linear}, {"prior", empty_bin::prior}}});
        }},
    calibrator_option{"shared", "false|true", "false",
                      "bins and their values are learned from the same rows, instead of a third of them each",
                      [](calibrator_options& o, std::string_view text) { return choose(o.shared, text, truth); }},
    calibrator_option{"sets", "one|each", "one", "one set of bins for all classes, or a set for each",
                      [](calibrator_options& o, std::string_view text) {
                        return choose<bool, 2>(o.one_set, text, {{{"one", true}, {"each", false}}});
                      }},
    calibrator_option{"folds", "1 to 255", "1",
                      "parts of the rows whose curves are merged (cross-Venn-Abers); 1: inductive",
                      [](calibrator_options& o, std::string_view text) { return set_count(o.folds, text, 1, 255); }},
    calibrator_option{
        "knots", "3 to 1000", "6", "knots of the spline, equally spaced in rank",
        [](calibrator_options& o, std::string_view text) { return set_count(o.spline.knots, text, 3, 1000); }},
    calibrator_option{"corrects", "classes|top_label", "classes",
                      "every class against the rest, or the largest of a row alone, which the others follow",
                      [](calibrator_options& o, std::string_view text) {
                        return choose<spline_target, 2>(
                            o.spline.target, text,
                            {{{"classes", spline_target::classes}, {"top_label", spline_target::top_label}}});
                      }},
    calibrator_option{
        "monotone", "false|true", "false", "neighbours that fall are pooled, so that the curve does not",
        [](calibrator_options& o, std::string_view text) { return choose(o.spline.monotone, text, truth); }},
    calibrator_option{
        "estimator", "em|bbse|rlls", "em",
        "what finds the new shares: their likelihood, the confusion matrix, the same held back",
        [](calibrator_options& o, std::string_view text) {
          return choose<shift_estimator, 3>(
              o.prior.estimator, text,
              {{{"em", shift_estimator::em}, {"bbse", shift_estimator::bbse}, {"rlls", shift_estimator::rlls}}});
        }},
    calibrator_option{
        "calibrate", "true|false", "true", "a bias-corrected temperature comes first",
        [](calibrator_options& o, std::string_view text) { return choose(o.prior.calibrate_first, text, truth); }},
    calibrator_option{"to", "none|K numbers separated by commas", "none", "the new shares where they are known",
                      [](calibrator_options& o, std::string_view text) { return set_shares(o.prior.to, text); }},
};

}  // namespace

std::span<const calibrator_option> calibrator_option_catalog() noexcept { return entries; }

const calibrator_option* find_calibrator_option(std::string_view name) noexcept {
  for (const calibrator_option& entry : entries)
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace calibrant

#include <calibrant/evaluation/row_alignment.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

std::vector<std::size_t> order_of_keys(const row_outcomes& model) {
  std::vector<std::size_t> order(model.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return model.keys[a] < model.keys[b]; });
  return order;
}

/// The first row, in the order in which rows came, whose key an earlier one has; or nowhere.
std::size_t first_repeated(const row_outcomes& model, const std::vector<std::size_t>& order) {
  std::size_t first = nowhere;
  for (std::size_t i = 1; i < order.size(); ++i)
    if (model.keys[order[i - 1]] == model.keys[order[i]]) first = std::min(first, order[i]);
  return first;
}

/// The first row of `model` whose key `other` does not hold; or nowhere.
std::size_t first_missing(const row_outcomes& model, const std::vector<std::size_t>& order, const row_outcomes& other,
                          const std::vector<std::size_t>& order_of_other) {
  std::size_t first = nowhere;
  std::size_t j = 0;
  for (const std::size_t row : order) {
    while (j < order_of_other.size() && other.keys[order_of_other[j]] < model.keys[row]) ++j;
    if (j == order_of_other.size() || other.keys[order_of_other[j]] != model.keys[row]) first = std::min(first, row);
  }
  return first;
}

std::string label_text(const row_outcomes& model, std::int32_t label) {
  const auto k = static_cast<std::size_t>(label);
  return k < model.classes.size() ? "\"" + model.classes[k] + "\"" : std::to_string(label);
}

std::string number_text(double x) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}

std::string where(const row_outcomes& model, std::size_t row) {
  return model.name + ": row " + std::to_string(model.place(row));
}

constexpr const char* way_out =
    "; bring the rows into the same order, or join them by a column that names them with --id";

}  // namespace

std::optional<unmatched_row> align_by_key(std::span<row_outcomes> models) {
  std::vector<std::vector<std::size_t>> orders;
  orders.reserve(models.size());
  for (std::size_t m = 0; m < models.size(); ++m) {
    orders.push_back(order_of_keys(models[m]));
    if (const std::size_t row = first_repeated(models[m], orders[m]); row != nowhere)
      return unmatched_row{.model = m, .row = row, .other = m};
  }
  for (std::size_t m = 1; m < models.size(); ++m) {
    if (const std::size_t row = first_missing(models[m], orders[m], models[0], orders[0]); row != nowhere)
      return unmatched_row{.model = m, .row = row, .other = 0};
    if (const std::size_t row = first_missing(models[0], orders[0], models[m], orders[m]); row != nowhere)
      return unmatched_row{.model = 0, .row = row, .other = m};
  }
  for (std::size_t m = 0; m < models.size(); ++m) models[m].keep(orders[m]);
  return std::nullopt;
}

void require_same_cases(const row_outcomes& model, const row_outcomes& other, std::size_t first, std::size_t last) {
  // Without classes a label says whether the prediction is right, which differs between models.
  const bool named = model.classes.size() > 0;
  const char* const advice = model.keys.empty() ? way_out : "; correct one of the files";
  for (std::size_t i = first; i < last; ++i) {
    if (named && model.labels[i] >= 0 && other.labels[i] >= 0 && model.labels[i] != other.labels[i])
      throw error(error_code::invalid_labels, where(other, i) + " has the label " + label_text(other, other.labels[i]) +
                                                  ", but row " + std::to_string(model.place(i)) + " of " + model.name +
                                                  " has " + label_text(model, model.labels[i]) +
                                                  ", expected the same rows in both" + advice);
    const double w = model.weights.empty() ? 1.0 : model.weights[i];
    const double w_other = other.weights.empty() ? 1.0 : other.weights[i];
    if (w != w_other && model.labels[i] != refused_label && other.labels[i] != refused_label)
      throw error(error_code::invalid_weights, where(other, i) + " has the weight " + number_text(w_other) +
                                                   ", but row " + std::to_string(model.place(i)) + " of " + model.name +
                                                   " has " + number_text(w) + ", expected the same rows in both" +
                                                   advice);
  }
}

void require_same_length(const row_outcomes& model, const row_outcomes& other) {
  if (model.rows() == other.rows()) return;
  throw error(error_code::shape_mismatch, other.name + ": has " + std::to_string(other.rows()) + " rows, but " +
                                              model.name + " has " + std::to_string(model.rows()) +
                                              ", expected the same rows in both; compare models on the same data");
}

}  // namespace calibrant

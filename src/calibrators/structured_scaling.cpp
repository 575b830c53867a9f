#include <calibrant/calibrators/structured_scaling.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

#include <calibrant/calibrators/row_mapper.hpp>

#include "calibrators/detail/linear_softmax.hpp"
#include "simd/kernels.hpp"

namespace calibrant {
namespace {

/// ln p of whole rows, in place.
void take_logs(std::span<double> p) {
  constexpr double floor = 0x1p-1022;
  simd::active_target().rows<double>().floored_logs(p.data(), p.size(), floor, p.data());
}

std::unique_ptr<calibration_map> linear_map(bool full, std::size_t K, std::span<const double> parameters) {
  const auto head = parameters.first(parameters.size() - K);
  const auto tail = parameters.last(K);
  std::vector<double> slopes(head.begin(), head.end());
  std::vector<double> offsets(tail.begin(), tail.end());
  if (full) return std::make_unique<matrix_scaling>(score_form::log_scores, std::move(slopes), std::move(offsets));
  return std::make_unique<vector_scaling>(std::move(slopes), std::move(offsets));
}

}  // namespace

structured_scaling::structured_scaling(bool full, const parameter_list& stored)
    : first_(stored),
      linear_(full ? std::unique_ptr<calibration_map>(std::make_unique<matrix_scaling>(score_form::log_scores, stored))
                   : std::make_unique<vector_scaling>(stored)) {}

std::size_t structured_scaling::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  std::vector<double> logs(from.size());
  first_.apply(from, logs, K);
  take_logs(logs);
  linear_->apply(logs, p, K);
  return 0;
}

std::vector<parameter> structured_scaling::parameters() const {
  std::vector<parameter> all = first_.parameters();
  for (parameter& p : linear_->parameters()) all.push_back(std::move(p));
  return all;
}

fitted_map fit_structured_scaling(const training_set& rows, bool full) {
  const std::size_t K = rows.classes();
  const std::size_t n = rows.rows();
  temperature_fit temperature = fit_inverse_temperature(rows, {});
  const double share = 1 / (rows.total_weight() + 1);
  const mixed_temperature_scaling first(temperature.beta, share);

  // l takes as many bytes as the scores: float32 unless they are float64.
  std::vector<float> narrow;
  std::vector<double> wide;
  matrix_view logs;
  const matrix_view& given = view_of(rows.values());
  const auto fill = [&]<class Stored>(std::vector<Stored>& to) {
    to.resize(n * K);
    rows.for_each_part(rows.parts(), [&](std::size_t, std::size_t from, std::size_t end) {
      row_mapper mapper(first, rows.are_logits(), rows.floor());
      const std::size_t block = std::clamp<std::size_t>(4096 / K, 1, 64);
      std::vector<double> p(block * K);
      for (std::size_t i = from; i < end; i += block) {
        const std::size_t count = std::min(block, end - i);
        mapper.map(given, i, count, p.data());
        take_logs(std::span(p).first(count * K));
        std::transform(p.begin(), p.begin() + static_cast<std::ptrdiff_t>(count * K), to.data() + i * K,
                       [](double x) { return static_cast<Stored>(x); });
      }
    });
    logs = basic_matrix_view<Stored>::contiguous(to.data(), n, K);
  };
  given.visit([&]<class T>(const basic_matrix_view<T>&) {
    if constexpr (std::is_same_v<T, double>)
      fill(wide);
    else
      fill(narrow);
  });

  const detail::linear_shape shape = full ? detail::linear_shape::full : detail::linear_shape::diagonal;
  const std::size_t d = detail::parameter_count(shape, K);
  const auto classes = static_cast<double>(K);
  const double near = classes / rows.total_weight();
  const double off = classes * (classes - 1) / rows.total_weight();
  std::vector<double> start(d, 0.0);
  std::vector<double> strength(d, full ? off : near);
  for (std::size_t k = 0; k < K; ++k) {
    const std::size_t own = full ? k * K + k : k;
    start[own] = 1;
    strength[own] = near;
    strength[d - K + k] = near;
  }
  detail::linear_fit fit = detail::fit_linear_softmax(rows, {.scores = &logs,
                                                             .shape = shape,
                                                             .start = start,
                                                             .strength = std::move(strength),
                                                             .center = start,
                                                             .gradient_tolerance = 1e-7});
  fit.report.loss_before = temperature.report.loss_before;
  fit.report.loss_after = fit.loss;
  fit.report.iterations += temperature.report.iterations;
  for (fit_note& note : temperature.report.notes) fit.report.notes.push_back(std::move(note));
  return {std::make_unique<structured_scaling>(temperature.beta, share, linear_map(full, K, fit.parameters)),
          std::move(fit.report)};
}

std::string structured_scaling::describe(operator_graph& graph, const std::string& from) const {
  return linear_->describe(graph, graph.apply("Log", {first_.describe(graph, from)}));
}

}  // namespace calibrant

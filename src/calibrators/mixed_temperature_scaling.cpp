#include <calibrant/calibrators/mixed_temperature_scaling.hpp>

#include <calibrant/core/error.hpp>

namespace calibrant {

mixed_temperature_scaling::mixed_temperature_scaling(const parameter_list& stored)
    : beta_(stored.number("beta")), share_(stored.number("uniform_share")) {
  if (!(beta_ > 0) || !(share_ >= 0 && share_ <= 1))
    throw error(error_code::malformed_input, "parameters \"beta\", \"uniform_share\" are out of range");
}

std::size_t mixed_temperature_scaling::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  temperature_scaling(beta_).apply(from, p, K);
  for (double& x : p) x = (1 - share_) * x + share_ / static_cast<double>(K);
  return 0;
}

std::vector<parameter> mixed_temperature_scaling::parameters() const {
  return {{"beta", {}, {beta_}}, {"uniform_share", {}, {share_}}};
}

fitted_map fit_mixed_temperature_scaling(const training_set& rows, const temperature_options& options) {
  temperature_fit fit = fit_inverse_temperature(rows, options);
  fit.report.loss_after.reset();
  return {std::make_unique<mixed_temperature_scaling>(fit.beta, 1 / (rows.total_weight() + 1)), std::move(fit.report)};
}

std::string mixed_temperature_scaling::describe(operator_graph& graph, const std::string& from) const {
  const std::string p = temperature_scaling(beta_).describe(graph, from);
  return graph.sum(graph.product(p, graph.number(1 - share_)),
                   graph.number(share_ / static_cast<double>(graph.classes())));
}

}  // namespace calibrant

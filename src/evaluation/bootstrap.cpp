#include <calibrant/evaluation/bootstrap.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <calibrant/math/normal.hpp>

#include "evaluation/detail/drawn_rows.hpp"
#include "evaluation/detail/feed_states.hpp"

namespace calibrant {
namespace {

/// What one thread needs to turn draws into states.
struct replicate_memory {
  std::array<detail::drawn_rows, 2> drawn;
  row_store::block_memory block;
  detail::pending_sums pending;
};

/// Rows per block, as in the pass.
constexpr std::size_t block_rows = 256;

panel_state replicate_state(const row_store& rows, std::span<const std::uint32_t> drawn,
                            const evaluation_config& config, replicate_memory& memory) {
  const panel_parts parts = config.parts.without(panel_part::row_scores | panel_part::kernel_pairs);
  panel_state state(config.predicted_classes(), bin_edges::equal_width(config.bins), config.weights, config.log_floor,
                    parts, config.exact_rows);
  for (std::size_t first = 0; first < drawn.size(); first += block_rows) {
    const row_block block = rows.block(drawn.subspan(first, std::min(block_rows, drawn.size() - first)), memory.block);
    detail::feed_states(state, memory.block.scores.data(), memory.block.scores.data(), block, memory.pending);
  }
  memory.pending.flush(state);
  state.confidences.flush();
  state.class_values.flush();
  return state;
}

constexpr const char* biased_reason =
    "the value of a sample is biased, and that of its replicates again, so that no bootstrap interval of it holds its "
    "level; see interval";

bootstrap_estimate none(const std::string& why) {
  return {.standard_error = figure::none(why), .uncertainty = interval_estimate::none(why)};
}

}  // namespace

bootstrap_estimate summarize_replicates(double value, std::vector<double> replicates, confidence_level level) {
  bootstrap_estimate result{.replicates = replicates.size()};
  std::erase_if(replicates, [](double x) { return std::isnan(x); });
  result.without_value = result.replicates - replicates.size();
  const auto n = static_cast<double>(replicates.size());
  if (replicates.size() < 2) {
    const std::string why = "fewer than two replicates have a value";
    result.standard_error = figure::none(why);
    result.uncertainty = interval_estimate::none(why);
    return result;
  }
  std::sort(replicates.begin(), replicates.end());
  double mean = 0;
  for (const double x : replicates) mean += x / n;
  double squares = 0;
  for (const double x : replicates) squares += (x - mean) * (x - mean);
  result.standard_error = std::sqrt(squares / (n - 1));
  if (!std::isfinite(replicates.front()) || !std::isfinite(replicates.back())) {
    result.standard_error = figure::none("some replicates are infinite");
    result.uncertainty = interval_estimate::none("some replicates are infinite");
    return result;
  }
  if (replicates.front() == replicates.back()) {
    result.uncertainty =
        interval_estimate::none("all replicates are equal, which does not mean that the value is sure");
    return result;
  }
  const double needed = std::ceil(4 / level.alpha());
  if (n < needed) {
    result.uncertainty = interval_estimate::none("too few replicates: the level needs at least " +
                                                 std::to_string(static_cast<std::size_t>(needed)) + " with a value");
    return result;
  }
  const auto [from, to] = std::equal_range(replicates.begin(), replicates.end(), value);
  const double below = (static_cast<double>(from - replicates.begin()) + static_cast<double>(to - from) / 2) / n;
  if (below < 0.3 || below > 0.7) {
    result.uncertainty = interval_estimate::none(biased_reason);
    return result;
  }
  const double shift = 2 * normal_quantile(below);
  const double z = normal_upper_quantile(level.alpha() / 2);
  const auto quantile = [&](double p) {
    const double place = std::clamp(p * (n + 1) - 1, 0.0, n - 1);
    const auto i = static_cast<std::size_t>(place);
    const double next = replicates[std::min(i + 1, replicates.size() - 1)];
    return replicates[i] + (place - static_cast<double>(i)) * (next - replicates[i]);
  };
  result.uncertainty = interval_estimate::of({quantile(normal_cdf(shift - z)), quantile(normal_cdf(shift + z))},
                                             "row bootstrap, bias-corrected percentiles");
  return result;
}

std::vector<bootstrap_estimate> bootstrap(const panel_state& state, const evaluation_config& config,
                                          std::span<const metric_entry* const> metrics,
                                          std::span<const estimate* const> values, std::size_t replicates,
                                          const metric_options& options, thread_pool& pool) {
  std::vector<bootstrap_estimate> results(metrics.size());
  std::vector<std::size_t> drawn;  // the metrics that replicates can tell
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    if (!values[m]->value.value)
      results[m] = none(values[m]->value.reason);
    else if (!state.rows.missing().empty())
      results[m] = none(state.rows.missing());
    else if (metrics[m]->reads.contain(panel_part::kernel_pairs) || metrics[m]->reads.contain(panel_part::row_scores))
      results[m] = none("it is a function of the rows themselves, which are not drawn for it");
    else
      drawn.push_back(m);
  }
  if (drawn.empty()) return results;

  std::vector<std::vector<double>> found(drawn.size(), std::vector<double>(replicates));
  const std::span<const std::uint64_t> keys = state.rows.keys();
  const std::size_t pairs = (replicates + 1) / 2;
  // Few parts, so that memory serves many replicates.
  const std::size_t parts = std::min(pairs, 8 * pool.size());
  pool.run(parts, [&](std::size_t part) {
    replicate_memory memory;
    for (std::size_t pair = pairs * part / parts; pair < pairs * (part + 1) / parts; ++pair) {
      detail::draw_pair(options.seed, pair, keys, memory.drawn);
      for (std::size_t r = 2 * pair; r < std::min(2 * pair + 2, replicates); ++r) {
        const panel_state replicate = replicate_state(state.rows, memory.drawn[r % 2].rows(), config, memory);
        for (std::size_t i = 0; i < drawn.size(); ++i) {
          const bool empty = replicate.top_label.all().empty();
          const figure value = empty ? figure::none("") : compute(*metrics[drawn[i]], replicate, options).value;
          found[i][r] = value.value.value_or(std::numeric_limits<double>::quiet_NaN());
        }
      }
    }
  });
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    bootstrap_estimate& result = results[drawn[i]];
    result = summarize_replicates(*values[drawn[i]]->value.value, std::move(found[i]), options.level);
    if (metrics[drawn[i]]->needs.biased) result.uncertainty = interval_estimate::none(biased_reason);
  }
  return results;
}

}  // namespace calibrant

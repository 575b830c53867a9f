#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/kolmogorov_smirnov_error.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

constexpr std::array entries = {
    metric_entry{"ks_error", "KS error", "How far do promised and actual hits drift apart, at worst, without any bins?",
                 "max_j |(1/W) sum_{c_i <= c_j} w_i (c_i - a_i)|", "probability", "[0, 1]", lower, confidences,
                 "Gupta et al. 2021", true, of_sorted<kolmogorov_smirnov_error>,
                 R"(\max_j \left|\frac{1}{W} \sum_{i \,:\, c_i \le c_j} w_i (c_i - a_i)\right|)",
                 "Rows of equal confidence go together, so their order does not matter. Neighbouring gaps of opposite "
                 "sign cancel. Where the store of confidences is bounded, it misses at most the largest share of one "
                 "of its micro-bins."},
};

}  // namespace

std::span<const metric_entry> sorted_metrics() noexcept { return entries; }

}  // namespace calibrant::detail

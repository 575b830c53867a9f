#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/brier_decomposition.hpp>
#include <calibrant/metrics/brier_score.hpp>
#include <calibrant/metrics/log_loss.hpp>
#include <calibrant/metrics/log_loss_decomposition.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

estimate of_mean_brier(const panel_state& s, const metric_options& o) {
  return s.parts.contain(proper_scores) ? mean_brier_score(s.scores, s.top_label.classes(), o)
                                        : estimate::none(unmeasured_reason);
}

constexpr std::array entries = {
    metric_entry{"log_loss", "Log loss", "How surprised is the model by the true classes?",
                 "(1/W) sum_i w_i (-ln p_i[y_i])", "nats", "[0, inf)", lower, proper_scores, "Good 1952", true,
                 of_scores<log_loss>, R"(\frac{1}{W} \sum_i w_i \left(-\ln p_{i y_i}\right))",
                 "A row that gives its true class probability 0 makes it infinite: then there is no value, and the "
                 "reason counts those rows. --log-floor F takes max(p, F) and the detail floored_rows counts the rows "
                 "below it. From logits it is computed as logsumexp(z) - z[y], finite for finite logits.",
                 mean_of_rows},
    metric_entry{
        "log_loss_calibration", "Log loss: calibration part", "How much of the log loss would a temperature save?",
        "log_loss - log_loss_refinement", "nats", "(-inf, inf)", lower, proper_scores | row_scores, "Berta et al. 2025",
        false, of_rows<log_loss_calibration>, R"(L(p) - L(g(p)))",
        "g is fitted out of fold, so the value may be negative: then a temperature saves nothing. The detail "
        "temperature is above 1 where the model is over-confident. No value from a state file, which keeps no rows.",
        needs_hard_labels | needs_seed},
    metric_entry{
        "log_loss_refinement", "Log loss: refinement part", "What would be left of the log loss after a temperature?",
        "mean of -ln g(p)[y], g temperature scaling with mixing, fitted to the other 4 of 5 folds", "nats", "[0, inf)",
        lower, proper_scores | row_scores, "Berta et al. 2025", false, of_rows<log_loss_refinement>,
        R"(L(g(p)) = \frac{1}{W} \sum_i w_i \left(-\ln g_{-f(i)}(p_i)_{y_i}\right),\quad g(p) = (1 - v)\, \mathrm{softmax}(\beta \ln p) + \tfrac{v}{K})",
        "beta minimises the log loss of the other folds' n rows, v = 1/(n + 1). The fold of a row follows from its "
        "probabilities and --seed. No value from a state file, which keeps no rows.",
        needs_hard_labels | needs_seed},
    metric_entry{"brier", "Brier score", "Squared distance between probabilities and truth, summed over classes",
                 "(1/W) sum_i w_i sum_k (p_ik - 1{y_i = k})^2", "score", "[0, 2]", lower, proper_scores, "Brier 1950",
                 true, of_scores<brier_score>,
                 R"(\frac{1}{W} \sum_i w_i \sum_k \left(p_{ik} - \mathbf{1}\{y_i = k\}\right)^2)",
                 "Summed over classes: for two classes it is twice the binary score. Some packages print half of it or "
                 "divide it by K.",
                 mean_of_rows},
    metric_entry{"brier_half", "Brier score, halved", "The same halved: for two classes the binary score", "brier / 2",
                 "score", "[0, 1]", lower, proper_scores, "Brier 1950", false, of_scores<half_brier_score>,
                 R"(\tfrac{1}{2}\,\mathrm{brier})", "For two classes the (p - y)^2 of binary packages.", mean_of_rows},
    metric_entry{"brier_mean", "Brier score, mean", "The same as a mean over classes", "brier / K", "score", "[0, 1]",
                 lower, top_label | proper_scores, "Brier 1950; Kull et al. 2019", false, of_mean_brier,
                 R"(\tfrac{1}{K}\,\mathrm{brier})", "At most 2/K: values of models with different K do not compare.",
                 mean_of_rows},
    metric_entry{"brier_calibration", "Brier: calibration part", "How much of the Brier score is miscalibration?",
                 "sum_k sum_b (W_bk/W) (mean p_k - freq_k)^2", "score", "[0, 2]", lower, classwise,
                 "Murphy 1973; Stephenson, Coelho and Jolliffe 2008", true, of_classwise<brier_calibration>,
                 R"(\sum_k \sum_b \frac{W_{bk}}{W} \left(\overline{p}_{bk} - \mathrm{freq}_{bk}\right)^2)",
                 "Empty cells add nothing. The details resolution and uncertainty are the other two terms of Murphy's "
                 "decomposition.",
                 biased},
    metric_entry{"brier_refinement", "Brier: refinement part",
                 "What would be left of it after perfect recalibration in these bins?", "brier - brier_calibration",
                 "score", "[0, 2]", lower, classwise, "Murphy 1973; Stephenson, Coelho and Jolliffe 2008", true,
                 of_classwise<brier_refinement>, R"(\mathrm{brier} - \mathrm{brier\_calibration})",
                 "With the terms for the spread inside of bins the two parts add up to brier exactly."},
};

}  // namespace

std::span<const metric_entry> proper_score_metrics() noexcept { return entries; }

}  // namespace calibrant::detail

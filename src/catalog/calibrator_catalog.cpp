#include <calibrant/catalog/calibrator_catalog.hpp>

#include <array>

#include <calibrant/calibrators/bayesian_binning.hpp>
#include <calibrant/calibrators/bias_corrected_temperature.hpp>
#include <calibrant/calibrators/identity.hpp>
#include <calibrant/calibrators/information_binning.hpp>
#include <calibrant/calibrators/mixed_temperature_scaling.hpp>
#include <calibrant/calibrators/scaling_binning.hpp>
#include <calibrant/calibrators/structured_scaling.hpp>
#include <calibrant/calibrators/top_label_binning.hpp>
#include <calibrant/calibrators/venn_abers.hpp>

namespace calibrant {
namespace {

template <class Map>
std::unique_ptr<calibration_map> restored(const parameter_list& stored) {
  return std::make_unique<Map>(stored);
}
template <score_form form>
std::unique_ptr<calibration_map> restored_matrix(const parameter_list& stored) {
  return std::make_unique<matrix_scaling>(form, stored);
}
template <bool full>
std::unique_ptr<calibration_map> restored_structure(const parameter_list& stored) {
  return std::make_unique<structured_scaling>(full, stored);
}
template <score_form form, matrix_penalty penalty>
fitted_map fit_matrix(const training_set& rows, const calibrator_options& options) {
  return fit_matrix_scaling(rows, form, penalty, options.linear);
}
template <std::size_t count>
constexpr std::size_t numbers(std::size_t) {
  return count;
}
template <std::size_t each>
constexpr std::size_t numbers_per_class(std::size_t K) {
  return K == 2 ? each : each * K;
}
constexpr std::size_t two_per_class(std::size_t K) { return 2 * K; }
constexpr std::size_t whole_matrix(std::size_t K) { return K * K + K; }

/// Why a curve of probabilities is exact in ONNX, and one of logits is not.
constexpr std::string_view rounded_softmax =
    "it looks a softmax up in a curve, and float32 rounds that to the other side of a knot now and then (learned from "
    "probabilities it can be written)";

constexpr std::string_view unchanged = "like every other class";

constexpr std::array entries = {
    calibrator_entry{"identity", "Identity", "Leaves the model as it is; every other calibrator is compared with it.",
                     "p, or softmax(z)", "", true, numbers<0>, "", unchanged,
                     [](const training_set& rows, const calibrator_options&) { return fit_identity(rows); },
                     restored<identity_map>},
    calibrator_entry{"temperature", "Temperature scaling",
                     "Makes all probabilities more or less decided by one number.", "softmax(z / T)", "Guo et al. 2017",
                     true, numbers<1>, "allow_bound", unchanged,
                     [](const training_set& rows, const calibrator_options& o) {
                       return fit_temperature_scaling(rows, o.temperature);
                     },
                     restored<temperature_scaling>},
    calibrator_entry{"ts_mix", "Temperature with mixing",
                     "The same with a little of every class, so that nothing has probability 0.",
                     "(1 - w) softmax(z / T) + w/K, w = 1/(W + 1)", "Berta et al. 2025", true, numbers<1>,
                     "allow_bound", unchanged,
                     [](const training_set& rows, const calibrator_options& o) {
                       return fit_mixed_temperature_scaling(rows, o.temperature);
                     },
                     restored<mixed_temperature_scaling>},
    calibrator_entry{"ets", "Ensemble temperature scaling",
                     "Mixes the tempered probabilities, the model's own and equal ones.",
                     "w1 softmax(z / T) + w2 softmax(z) + w3/K, w on the simplex", "Zhang, Kailkhura, Han 2020", true,
                     numbers<3>, "allow_bound objective", unchanged,
                     [](const training_set& rows, const calibrator_options& o) {
                       return fit_ensemble_temperature_scaling(rows, o.temperature, o.objective);
                     },
                     restored<ensemble_temperature_scaling>},
    calibrator_entry{
        "svs", "Structured vector scaling", "A slope and an offset for every class, held back as far as rows are few.",
        "softmax((I + diag v) l + b), l = ln ts_mix(z); penalty (K/W)(|v|^2 + |b|^2)", "Berta et al. 2025b", false,
        two_per_class, "", "offset held at a finite value by the penalty",
        [](const training_set& rows, const calibrator_options&) { return fit_structured_scaling(rows, false); },
        restored_structure<false>},
    calibrator_entry{"vector", "Vector scaling", "A slope and an offset for every class.",
                     "softmax(v * z + b), entry by entry", "Guo et al. 2017", false, two_per_class, "",
                     "offset held at a finite value by a ridge of 1e-6",
                     [](const training_set& rows, const calibrator_options&) { return fit_vector_scaling(rows); },
                     restored<vector_scaling>},
    calibrator_entry{
        "bcts", "Bias-corrected temperature scaling", "One slope for all classes and an offset for each.",
        "softmax(z / T + b)", "Alexandari, Kundaje, Shrikumar 2020", false, [](std::size_t K) { return K + 1; }, "",
        "offset held at a finite value by a ridge of 1e-6",
        [](const training_set& rows, const calibrator_options&) { return fit_bias_corrected_temperature(rows); },
        restored<bias_corrected_temperature>},
    calibrator_entry{
        "sms", "Structured matrix scaling",
        "Lets every class learn from the scores of the others, held back as far as rows are few.",
        "softmax((I + D) l + b), l = ln ts_mix(z); penalty (K/W)(|diag D|^2 + |b|^2) + (K(K-1)/W)|rest|^2",
        "Berta et al. 2025b", false, whole_matrix, "", "offset held at a finite value by the penalty",
        [](const training_set& rows, const calibrator_options&) { return fit_structured_scaling(rows, true); },
        restored_structure<true>},
    calibrator_entry{"matrix", "Matrix scaling", "Lets every class learn from the scores of the others, unrestrained.",
                     "softmax(M z + b)", "Guo et al. 2017", false, whole_matrix, "",
                     "offset held at a finite value by a ridge of 1e-8",
                     fit_matrix<score_form::log_scores, matrix_penalty::none>, restored_matrix<score_form::log_scores>},
    calibrator_entry{"matrix_odir", "Matrix scaling, ODIR",
                     "The same with a penalty on what classes take from one another and on the offsets.",
                     "softmax(M z + b); penalty lambda/(K(K-1)) sum_{i != j} M_ij^2 + mu/K |b|^2", "Kull et al. 2019",
                     false, whole_matrix, "lambda mu seed", "offset held at a finite value by the penalty",
                     fit_matrix<score_form::log_scores, matrix_penalty::odir>, restored_matrix<score_form::log_scores>},
    calibrator_entry{"dirichlet_l2", "Dirichlet calibration, L2",
                     "What is right if the probabilities of each class follow a Dirichlet distribution.",
                     "softmax(M ln p + b); penalty lambda (|M|^2 + |b|^2)", "Kull et al. 2019", false, whole_matrix,
                     "lambda seed", "offset held at a finite value by the penalty",
                     fit_matrix<score_form::log_probabilities, matrix_penalty::l2>,
                     restored_matrix<score_form::log_probabilities>},
    calibrator_entry{"dirichlet_odir", "Dirichlet calibration, ODIR",
                     "The same with a penalty on what classes take from one another and on the offsets.",
                     "softmax(M ln p + b); penalty lambda/(K(K-1)) sum_{i != j} M_ij^2 + mu/K |b|^2",
                     "Kull et al. 2019", false, whole_matrix, "lambda mu seed",
                     "offset held at a finite value by the penalty",
                     fit_matrix<score_form::log_probabilities, matrix_penalty::odir>,
                     restored_matrix<score_form::log_probabilities>},
    calibrator_entry{
        "platt", "Platt scaling", "A sigmoid for every class against the rest.",
        "g_k = 1/(1 + exp(A_k s_k + B_k)), p_k = g_k / sum_j g_j", "Platt 1999; Lin, Lin, Weng 2007", false,
        numbers_per_class<2>, "scores", "about 1/(W + 2) before a row is divided by its sum",
        [](const training_set& rows, const calibrator_options& o) { return fit_platt_scaling(rows, o.sigmoid); },
        restored<platt_scaling>},
    calibrator_entry{
        "platt_matrix", "Platt scaling, matrix form",
        "Matrix scaling towards targets that keep a little of every class.",
        "softmax(M z + b), targets (N_k + 1)/(N_k + K) and 1/(N_k + K)", "Platt 1999", false, whole_matrix, "",
        "only what the targets of other classes leave for it",
        [](const training_set& rows, const calibrator_options&) { return fit_smoothed_matrix_scaling(rows); },
        restored_matrix<score_form::log_scores>},
    calibrator_entry{
        "beta", "Beta calibration",
        "A curve of three numbers for every class against the rest, which may be the identity.",
        "g_k = 1/(1 + 1/(e^c s^a / (1 - s)^b)), p_k = g_k / sum_j g_j", "Kull, Silva Filho, Flach 2017", false,
        numbers_per_class<3>, "parameters", "a constant near 0 before a row is divided by its sum",
        [](const training_set& rows, const calibrator_options& o) { return fit_beta_calibration(rows, o.beta); },
        restored<beta_calibration>},
    calibrator_entry{
        "irm",
        "Flattened isotonic regression",
        "One non-decreasing curve for all classes together, which keeps the order of a row.",
        "(g(p_k) + 1e-9 p_k) / sum_j (g(p_j) + 1e-9 p_j), g isotonic over all n K pairs",
        "Zhang, Kailkhura, Han 2020",
        true,
        numbers<0>,
        "shape smooth_ends",
        unchanged,
        [](const training_set& rows, const calibrator_options& o) { return fit_flattened_isotonic(rows, o.isotonic); },
        restored<flattened_isotonic>,
        {},
        rounded_softmax},
    calibrator_entry{
        "histogram",
        "Histogram binning",
        "The share of the class among the rows of the same bin.",
        "g_k(s) = share of class k in the bin of s, p_k = g_k / sum_j g_j",
        "Zadrozny, Elkan 2001",
        false,
        numbers<0>,
        "bins binning empty",
        "0 in bins with rows, in others the rule for empty bins",
        [](const training_set& rows, const calibrator_options& o) { return fit_histogram_binning(rows, o.histogram); },
        restored<histogram_binning>,
        {},
        rounded_softmax},
    calibrator_entry{
        "isotonic",
        "Isotonic regression",
        "A non-decreasing curve for every class against the rest.",
        "g_k isotonic over the pairs (p_k, 1{y = k}), p_k = g_k / sum_j g_j",
        "Zadrozny, Elkan 2002",
        false,
        numbers<0>,
        "shape smooth_ends",
        "0, with smooth_ends 1/(W + 2)",
        [](const training_set& rows, const calibrator_options& o) { return fit_isotonic_regression(rows, o.isotonic); },
        restored<isotonic_regression>,
        {},
        rounded_softmax},
    calibrator_entry{
        "scaling_binning", "Scaling-binning",
        "A sigmoid for every class against the rest, whose values are those of a few bins.",
        "g_k(s) = mean of the sigmoid over the bin of s, p_k = g_k / sum_j g_j", "Kumar, Liang and Ma 2019", false,
        numbers<0>, "bins shared seed", "about 1/(W/3 + 2) before a row is divided by its sum",
        [](const training_set& rows, const calibrator_options& o) {
          return fit_scaling_binning(rows, {.bins = o.histogram.bins, .shared = o.shared, .seed = o.linear.seed});
        },
        restored<scaling_binning>,
        "its bins are of a sigmoid, which float32 rounds to the other side of an edge now and then"},
    calibrator_entry{
        "top_label_binning",
        "Top-label histogram binning",
        "How often rows with the same prediction and about the same confidence were right.",
        "p_top = share of right rows in the bin of (argmax p, max p), the others share 1 - p_top as before",
        "Gupta, Ramdas 2022",
        false,
        numbers<0>,
        "bins",
        "if it is never predicted, the bins of all rows",
        [](const training_set& rows, const calibrator_options& o) {
          return fit_top_label_binning(rows, o.histogram.bins);
        },
        restored<top_label_binning>,
        {},
        rounded_softmax},
    calibrator_entry{"bbq",
                     "Bayesian binning into quantiles",
                     "Histogram binning averaged over numbers of bins, by how probable each makes the rows.",
                     "g_k(s) = sum_B P(B | rows) g_kB(s), p_k = g_k / sum_j g_j",
                     "Naeini, Cooper, Hauskrecht 2015",
                     false,
                     numbers<0>,
                     "",
                     "less than 2/W before a row is divided by its sum",
                     [](const training_set& rows, const calibrator_options&) { return fit_bayesian_binning(rows); },
                     restored<histogram_binning>,
                     {},
                     rounded_softmax},
    calibrator_entry{"i_max",
                     "I-Max binning",
                     "Histogram binning with the bins that lose least information about the label.",
                     "g_k(s) = share of class k in the bin of s, bins of maximal I(y; bin), p_k = g_k / sum_j g_j",
                     "Patel et al. 2021",
                     false,
                     numbers<0>,
                     "bins sets seed",
                     "like every other class; with a set of bins for each class 0",
                     [](const training_set& rows, const calibrator_options& o) {
                       return fit_information_binning(
                           rows, {.bins = o.histogram.bins, .shared = o.one_set, .seed = o.linear.seed});
                     },
                     restored<histogram_binning>,
                     {},
                     rounded_softmax},
    calibrator_entry{
        "spline",
        "Spline calibration",
        "What a class lacks on average, as the slope of a spline through what has added up to each rank.",
        "g_k(s) = s + h'(rank of s), h natural cubic spline of (1/W) sum (1{y = k} - s), p_k = g_k / sum_j g_j",
        "Gupta et al. 2021",
        false,
        numbers<0>,
        "knots corrects monotone",
        "about 0 before a row is divided by its sum",
        [](const training_set& rows, const calibrator_options& o) { return fit_spline_calibration(rows, o.spline); },
        restored<spline_calibration>,
        {},
        rounded_softmax},
    calibrator_entry{"venn_abers",
                     "Venn-Abers",
                     "Isotonic regression with the row to come added as a hit and as a miss, and both merged.",
                     "g_k = p1 / (1 - p0 + p1), p_k = g_k / sum_j g_j",
                     "Vovk and Petej 2014",
                     false,
                     numbers<0>,
                     "folds seed",
                     "from 0 up to 1/(W + 2) before a row is divided by its sum, and more above all its scores",
                     [](const training_set& rows, const calibrator_options& o) {
                       return fit_venn_abers(rows, {.folds = o.folds, .seed = o.linear.seed});
                     },
                     restored<venn_abers>,
                     {},
                     rounded_softmax},
    calibrator_entry{
        "venn_abers_pairs", "Venn-Abers, one class against one",
        "The same for each pair of classes, and the probabilities that agree with all pairs.",
        "p_ij = p1 / (1 - p0 + p1) at p_i/(p_i + p_j), p_i = 1 / (sum_{j != i} 1/p_ij - (K - 2)) over their sum",
        "Manokhin 2017", false, numbers<0>, "folds seed", "a pair of two such classes keeps p_i/(p_i + p_j)",
        [](const training_set& rows, const calibrator_options& o) {
          return fit_venn_abers_pairs(rows, {.folds = o.folds, .seed = o.linear.seed});
        },
        restored<venn_abers_pairs>,
        "it looks the ratio of two probabilities up in a curve, and float32 rounds that to the other side of a knot "
        "now and then"},
    calibrator_entry{"prior_correction",
                     "Prior correction",
                     "What changes where the classes are as frequent as in other rows, whose labels are not known.",
                     "p_k proportional to softmax(z / T + b)_k pi'_k/pi_k, pi' by EM or from the confusion matrix",
                     "Saerens et al. 2002; Lipton et al. 2018",
                     false,
                     [](std::size_t K) { return 2 * K + 1; },
                     "estimator calibrate to seed",
                     "refused: nothing tells its share",
                     [](const training_set& rows, const calibrator_options& o) {
                       prior_options options = o.prior;
                       options.seed = o.linear.seed;
                       return fit_prior_correction(rows, options);
                     },
                     restored<prior_correction>,
                     {},
                     {},
                     true},
};

}  // namespace

bool calibrator_entry::reads(std::string_view option) const noexcept {
  std::string_view rest = options;
  while (!rest.empty()) {
    const std::size_t end = rest.find(' ');
    if (rest.substr(0, end) == option) return true;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return false;
}

std::span<const calibrator_entry> calibrator_catalog() noexcept { return entries; }

const calibrator_entry* find_calibrator(std::string_view name) noexcept {
  for (const calibrator_entry& entry : entries)
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace calibrant

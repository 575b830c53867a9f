#include "python/bindings/confidence_bins.hpp"

#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/confidence_bins.hpp>
#include <calibrant/metrics/binned_calibration_error.hpp>

#include "python/bindings/arrays.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace calibrant::python {
namespace {

using position_array = nb::ndarray<nb::ro, nb::ndim<3>, nb::device::cpu>;
/// B x 4: positions, hits and the two words of the sum of confidences.
using bin_array = nb::ndarray<const std::int64_t, nb::shape<-1, 4>, nb::c_contig, nb::device::cpu>;
using new_bin_array = nb::ndarray<nb::numpy, std::int64_t, nb::shape<-1, 4>>;
static_assert(sizeof(confidence_bin) == 4 * sizeof(std::int64_t));

confidence_rule rule_of(const std::string& name) {
  if (name == "textbook") return confidence_rule::textbook;
  if (name == "torchmetrics") return confidence_rule::torchmetrics;
  if (name == "torchmetrics_float64") return confidence_rule::torchmetrics_float64;
  throw error(error_code::invalid_argument, "rule: got \"" + name + "\", expected a rule of the package");
}

template <class T>
strided_scores<T> typed_scores(const position_array& array) {
  return {.data = static_cast<const T*>(array.data()),
          .samples = array.shape(0),
          .classes = array.shape(1),
          .places = array.shape(2),
          .sample_stride = array.stride(0),
          .class_stride = array.stride(1),
          .place_stride = array.stride(2)};
}

new_bin_array accumulate(const std::string& rule, std::size_t bins, const position_array& scores,
                         const vector_of<std::int64_t>& labels, std::optional<std::int64_t> ignored, bool binary,
                         bool logits, std::size_t threads) {
  auto sums = std::make_unique<confidence_bins>(bins, rule_of(rule));
  {
    const nb::gil_scoped_release without_gil;
    labelled_positions positions{
        .kind = binary ? (logits ? position_kind::positive_logit : position_kind::positive_probability)
                       : (logits ? position_kind::logits : position_kind::probabilities),
        .labels = {labels.data(), labels.shape(0)},
        .ignored = ignored};
    visit_scores(scores, [&]<class T>(T) { positions.scores = typed_scores<T>(scores); });
    thread_pool pool(threads);
    sums->accumulate(positions, pool);
  }
  const std::size_t count = sums->bins().size();
  auto* const words = const_cast<std::int64_t*>(&sums->bins().front().positions);  // the array owns them from here on
  nb::capsule owner(sums.release(), [](void* p) noexcept { delete static_cast<confidence_bins*>(p); });
  return new_bin_array(words, {count, 4}, owner);
}

double error_of(const bin_array& bins, double norm) {
  const auto* const first = reinterpret_cast<const confidence_bin*>(bins.data());
  return binned_calibration_error(cells_of({first, bins.shape(0)}), norm);
}

}  // namespace

void bind_confidence_bins(nb::module_& module) {
  module.def("confidence_bins", &accumulate, "rule"_a, "bins"_a, "scores"_a, "labels"_a, "ignored"_a.none(), "binary"_a,
             "logits"_a, "threads"_a,
             nb::sig("def confidence_bins(rule: str, bins: int, scores: object, labels: object, ignored: int | None, "
                     "binary: bool, logits: bool, threads: int) -> numpy.typing.NDArray[numpy.int64]"));
  module.def("binned_calibration_error", &error_of, "bins"_a, "norm"_a,
             nb::sig("def binned_calibration_error(bins: object, norm: float) -> float"));
}

}  // namespace calibrant::python

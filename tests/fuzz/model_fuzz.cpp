// The model decoder: the input as it is, and with a checksum that fits what it holds. What is accepted maps rows to
// probabilities.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/evaluation/calibration_model.hpp>
#include <calibrant/io/model_file.hpp>

#include "fuzz/expectations.hpp"
#include "io/detail/safetensors.hpp"

namespace calibrant::fuzz {
namespace {

std::string checksummed(std::string_view bytes) {
  io::tensor_file file = io::decode_tensors(bytes, "input");
  file.metadata["sha256"] = io::checksum(file.metadata["model"], file.tensors);
  return io::encode_tensors(file);
}

void map_a_row(const calibration_model& model) {
  const std::size_t K = model.classes.size();
  if (K > 1000) return;
  std::vector<float> row(K, 1 / static_cast<float>(K));
  const matrix_view view = basic_matrix_view<float>::contiguous(row.data(), 1, K);
  std::vector<double> p(K);
  thread_pool pool(1);
  apply_model(model, model.kind == score_kind::logits ? class_scores(logits(view)) : class_scores(probabilities(view)),
              p.data(), pool);
  for (const double x : p) require(std::isnan(x) || (x >= 0 && x <= 1 + 1e-9), "a number that is no probability");
}

}  // namespace
}  // namespace calibrant::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace calibrant;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fuzz::accepted([&] {
    const calibration_model model = decode_model(bytes, "input");
    fuzz::require(encode_model(model) == bytes, "a model that is accepted and written otherwise");
    fuzz::map_a_row(model);
  });
  fuzz::accepted([&] {
    const std::string forged = fuzz::checksummed(bytes);
    const calibration_model model = decode_model(forged, "input");
    fuzz::require(encode_model(model) == forged, "a forged model that is written otherwise");
    fuzz::map_a_row(model);
  });
  return 0;
}

#include "io/detail/calibrated_stream.hpp"

namespace calibrant::io {
namespace {

/// Divides rows of probabilities by their sum, those without one are left to be refused.
template <class T>
void normalize_rows(std::vector<T>& values, std::size_t rows, std::size_t K) {
  for (std::size_t i = 0; i < rows; ++i) {
    T* const row = values.data() + i * K;
    double total = 0;
    for (std::size_t k = 0; k < K; ++k) total += static_cast<double>(row[k]);
    if (!(total > 0)) continue;
    for (std::size_t k = 0; k < K; ++k) row[k] = static_cast<T>(static_cast<double>(row[k]) / total);
  }
}

}  // namespace

calibrated_stream::calibrated_stream(const calibration_model& model, batch_source& source, bool renormalize,
                                     thread_pool& pool, const progress_callback& progress)
    : model_(model), source_(source), renormalize_(renormalize), pool_(pool), progress_(progress) {}

std::size_t calibrated_stream::available() {
  if (next_ < rows_) return rows_ - next_;
  next_ = rows_ = 0;
  if (!source_.next(buffers_)) return 0;
  if (progress_) progress_(source_.bytes_read(), source_.bytes_total());
  if (renormalize_ && buffers_.type == score_type::float16) {
    buffers_.float32.resize(buffers_.rows * columns());
    for (std::size_t j = 0; j < buffers_.float32.size(); ++j)
      buffers_.float32[j] = static_cast<float>(to_double(buffers_.float16_[j]));
    buffers_.type = score_type::float32;
  }
  if (renormalize_ && buffers_.type == score_type::float32) normalize_rows(buffers_.float32, buffers_.rows, columns());
  if (renormalize_ && buffers_.type == score_type::float64) normalize_rows(buffers_.float64, buffers_.rows, columns());
  const prediction_batch batch = buffers_.batch(model_.kind, columns());
  const class_scores values = model_.kind == score_kind::logits ? class_scores(std::get<logits>(batch.values))
                                                                : class_scores(std::get<probabilities>(batch.values));
  wide_ = buffers_.type == score_type::float64;
  try {
    if (wide_) {
      float64_.resize(buffers_.rows * columns());
      without_mass_ += apply_model(model_, values, float64_.data(), pool_, buffers_.first_row);
    } else {
      float32_.resize(buffers_.rows * columns());
      without_mass_ += apply_model(model_, values, float32_.data(), pool_, buffers_.first_row);
    }
  } catch (const error& problem) {
    throw error(problem.code(), source_.sources()[buffers_.source].path + ": " + problem.what());
  }
  return rows_ = buffers_.rows;
}

}  // namespace calibrant::io

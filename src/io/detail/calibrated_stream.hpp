#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/batch_source.hpp>
#include <calibrant/evaluation/calibration_model.hpp>
#include <calibrant/evaluation/streaming.hpp>

namespace calibrant::io {

/// The calibrated rows of a source, one after the other.
class calibrated_stream {
 public:
  calibrated_stream(const calibration_model& model, batch_source& source, bool renormalize, thread_pool& pool,
                    const progress_callback& progress);

  /// Columns of a row: K.
  [[nodiscard]] std::size_t columns() const noexcept { return model_.classes.size(); }
  /// Whether the probabilities are float64; float32 otherwise. Known once a row has been read.
  [[nodiscard]] bool wide() const noexcept { return wide_; }
  /// Rows so far that got 0 for every class and became uniform.
  [[nodiscard]] std::uint64_t without_mass() const noexcept { return without_mass_; }
  /// Rows that can be taken now; 0 at the end.
  std::size_t available();
  /// Takes `rows` rows, no more than are available.
  template <class T>
  void take(std::size_t rows, T* to) {
    const std::size_t numbers = rows * columns();
    const std::size_t from = next_ * columns();
    for (std::size_t j = 0; j < numbers; ++j)
      to[j] = wide_ ? static_cast<T>(float64_[from + j]) : static_cast<T>(float32_[from + j]);
    next_ += rows;
  }

 private:
  const calibration_model& model_;
  batch_source& source_;
  bool renormalize_;
  thread_pool& pool_;
  const progress_callback& progress_;
  batch_buffers buffers_;
  std::vector<float> float32_;
  std::vector<double> float64_;
  bool wide_ = false;
  std::size_t rows_ = 0;
  std::size_t next_ = 0;
  std::uint64_t without_mass_ = 0;
};

}  // namespace calibrant::io

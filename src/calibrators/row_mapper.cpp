#include <calibrant/calibrators/row_mapper.hpp>

#include <span>
#include <vector>

#include "calibrators/detail/score_loader.hpp"

namespace calibrant {

struct row_mapper::memory {
  detail::score_loader loader;
  std::vector<double> loaded;
};

row_mapper::row_mapper(const calibration_map& map, bool are_logits, double floor)
    : map_(map), memory_(std::make_unique<memory>(memory{{are_logits, map.reads(), map.keeps_zeros(), floor}, {}})) {}

row_mapper::~row_mapper() = default;

std::size_t row_mapper::map(const matrix_view& from, std::size_t first, std::size_t n, double* p) {
  const std::size_t numbers = n * from.columns();
  if (memory_->loaded.size() < numbers) memory_->loaded.resize(numbers);
  from.visit([&](const auto& view) { memory_->loader.load(view, first, n, memory_->loaded.data()); });
  return map_.apply(std::span<const double>(memory_->loaded).first(numbers), std::span<double>(p, numbers),
                    from.columns());
}

}  // namespace calibrant

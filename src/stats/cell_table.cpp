#include <calibrant/stats/cell_table.hpp>

#include <calibrant/core/weights.hpp>

namespace calibrant {

fractional_cell& fractional_cell::operator+=(const fractional_cell& o) noexcept {
  weight.merge(o.weight);
  hits.merge(o.hits);
  confidence.merge(o.confidence);
  squares.merge(o.squares);
  products.merge(o.products);
  return *this;
}

cell read_cell(const exact_cell& exact, const fractional_cell& fractional) noexcept {
  if (exact.weight == 0 && fractional.weight.sum == 0)
    return {};  // weights are positive, so nothing else was added either
  const int128 hits = static_cast<int128>(exact.hits) << grids::unit.exponent;
  const auto real = [](int128 sum) { return grids::unit.value(sum); };
  const double weight = fractional.weight.value();
  const double hit_weight = fractional.hits.value();
  const double confidence = fractional.confidence.value();
  const double squares = fractional.squares.value();
  const double products = fractional.products.value();
  return {
      .weight = static_cast<double>(exact.weight) + weight,
      .hits = static_cast<double>(exact.hits) + hit_weight,
      .confidence = real(exact.confidence) + confidence,
      .squares = real(exact.squares) + squares,
      .products = real(exact.products) + products,
      .gap = real(exact.confidence - hits) + (confidence - hit_weight),
      .variance = real(exact.confidence - exact.squares) + (confidence - squares),
      .squared_residual = real(exact.squares - 2 * exact.products + hits) + (squares - 2 * products + hit_weight),
  };
}

void cell_table::add(std::size_t k, std::size_t b, double c, bool hit, double w) {
  if (is_exact_weight(w))
    exact(k, b).add(c, hit, static_cast<std::int64_t>(w));
  else
    fractional(k, b).add(c, hit, w);
}

void cell_table::merge(const cell_table& other) {
  for (std::size_t i = 0; i < exact_.size(); ++i) exact_[i] += other.exact_[i];
  if (other.fractional_.empty()) return;
  if (fractional_.empty()) fractional_.resize(exact_.size());
  for (std::size_t i = 0; i < fractional_.size(); ++i) fractional_[i] += other.fractional_[i];
}

}  // namespace calibrant

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

cell read_cell(const exact_cell& exact) noexcept {
  if (exact.weight == 0) return {};  // weights are positive, so nothing else was added either
  const int128 hits = static_cast<int128>(exact.hits) << grids::unit.exponent;
  const auto real = [](int128 sum) { return grids::unit.value(sum); };
  return {
      .weight = static_cast<double>(exact.weight),
      .hits = static_cast<double>(exact.hits),
      .confidence = real(exact.confidence),
      .squares = real(exact.squares),
      .products = real(exact.products),
      .gap = real(exact.confidence - hits),
      .variance = real(exact.confidence - exact.squares),
      .squared_residual = real(exact.squares - 2 * exact.products + hits),
  };
}

cell read_cell(const exact_cell& exact, const fractional_cell& fractional) noexcept {
  if (exact.weight == 0 && fractional.weight.sum == 0) return {};
  cell sums = read_cell(exact);
  const double weight = fractional.weight.value();
  const double hit_weight = fractional.hits.value();
  const double confidence = fractional.confidence.value();
  const double squares = fractional.squares.value();
  const double products = fractional.products.value();
  sums.weight += weight;
  sums.hits += hit_weight;
  sums.confidence += confidence;
  sums.squares += squares;
  sums.products += products;
  sums.gap += confidence - hit_weight;
  sums.variance += confidence - squares;
  sums.squared_residual += squares - 2 * products + hit_weight;
  return sums;
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

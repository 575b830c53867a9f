#include <calibrant/math/pool_adjacent_violators.hpp>

namespace calibrant {

std::vector<isotonic_block> isotonic_blocks(std::span<const double> weights, std::span<const double> sums) {
  std::vector<isotonic_block> blocks;
  for (std::size_t g = 0; g < weights.size(); ++g) {
    isotonic_block next{g, g + 1, weights[g], sums[g]};
    while (!blocks.empty() && blocks.back().sum * next.weight >= next.sum * blocks.back().weight) {
      next.first = blocks.back().first;
      next.weight += blocks.back().weight;
      next.sum += blocks.back().sum;
      blocks.pop_back();
    }
    blocks.push_back(next);
  }
  return blocks;
}

}  // namespace calibrant

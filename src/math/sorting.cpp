#include <calibrant/math/sorting.hpp>

#include <boost/sort/pdqsort/pdqsort.hpp>

namespace calibrant {

void sort_ascending(std::span<std::int64_t> numbers) {
  boost::sort::pdqsort_branchless(numbers.begin(), numbers.end());
}

}  // namespace calibrant

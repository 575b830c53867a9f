#pragma once

#include <ostream>
#include <vector>

#include "statistical/coverage.hpp"

namespace calibrant::simulation {

/// The Markdown page docs/statistics/coverage.md from finished studies, grouped by consecutive equal names.
void write_coverage_page(std::ostream& out, const std::vector<study>& studies);

}  // namespace calibrant::simulation

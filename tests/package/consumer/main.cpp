// What a project outside the tree writes to use Calibrant.

#include <iostream>

#include <calibrant/core/error.hpp>
#include <calibrant/version.hpp>

int main() {
  const calibrant::error problem(calibrant::error_code::invalid_scores, "row 0 sums to 2, expected 1");
  std::cout << "calibrant " << calibrant::version_string << ": " << calibrant::name_of(problem.code()) << '\n';
}

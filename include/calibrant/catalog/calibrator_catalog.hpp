#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>
#include <calibrant/catalog/calibrator_options.hpp>

namespace calibrant {

/// One calibrator: the only place where its name, meaning and properties are written. Command line, Python,
/// documentation and tests read it.
struct calibrator_entry {
  std::string_view name;        ///< key in every face, snake_case
  std::string_view title;       ///< what a table shows
  std::string_view idea;        ///< what it does, in plain words
  std::string_view definition;  ///< formula in the notation of docs/calibrators.md
  std::string_view citation;
  bool keeps_order;  ///< the classes of a row keep their order, so accuracy does not change
  /// Numbers that are learned; 0 where that depends on the rows.
  std::size_t (*parameters)(std::size_t classes);
  std::string_view options;       ///< names of calibrator_option_catalog(), separated by spaces
  std::string_view absent_class;  ///< what a class without rows gets
  fitted_map (*fit)(const training_set& rows, const calibrator_options& options);
  std::unique_ptr<calibration_map> (*restore)(const parameter_list& stored);

  std::string_view onnx_obstacle = {};  ///< why float32 ONNX operators cannot express it exactly; empty: they can
  std::string_view onnx_obstacle_of_logits = {};  ///< the same where it maps logits

  bool needs_target = false;  ///< learns from rows without labels besides, prior_options::target

  [[nodiscard]] bool reads(std::string_view option) const noexcept;
};

/// Every calibrator, from simple to rich.
[[nodiscard]] std::span<const calibrator_entry> calibrator_catalog() noexcept;

/// By name; null if there is none.
[[nodiscard]] const calibrator_entry* find_calibrator(std::string_view name) noexcept;

}  // namespace calibrant

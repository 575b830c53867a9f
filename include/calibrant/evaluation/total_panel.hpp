#pragma once

#include <memory>

#include <calibrant/evaluation/evaluation_state.hpp>

namespace calibrant {

/// All rows of a state. A state may be large, so it is not copied where there is nothing to add up: it must then
/// outlive this.
class total_panel {
 public:
  explicit total_panel(const evaluation_state& state)
      : sum_(state.panels.size() == 1 ? nullptr : std::make_unique<panel_state>(state.total())),
        panel_(sum_ ? sum_.get() : &state.panels.begin()->second) {}

  [[nodiscard]] const panel_state& operator*() const noexcept { return *panel_; }
  [[nodiscard]] const panel_state* operator->() const noexcept { return panel_; }

 private:
  std::unique_ptr<panel_state> sum_;
  const panel_state* panel_;
};

}  // namespace calibrant

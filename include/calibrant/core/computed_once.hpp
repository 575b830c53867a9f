#pragma once

#include <memory>
#include <mutex>

namespace calibrant {

/// A value that its owner can compute from itself and that several threads may ask for at once: the first one computes
/// it. It is no part of the owner's value: copies start without it, and all are equal.
template <class T>
class computed_once {
 public:
  computed_once() = default;
  computed_once(const computed_once& /*other*/) {}
  computed_once(computed_once&& /*other*/) noexcept {}
  computed_once& operator=(const computed_once& /*other*/) {
    reset();
    return *this;
  }
  computed_once& operator=(computed_once&& /*other*/) noexcept {
    reset();
    return *this;
  }
  ~computed_once() = default;

  /// The value, by `make()` if there is none yet. Valid until the owner changes.
  template <class Make>
  const T& get(Make&& make) const {
    const std::lock_guard lock(mutex_);
    if (!value_) value_ = std::make_unique<const T>(make());
    return *value_;
  }
  /// Forgets the value; the owner does so whenever it changes.
  void reset() noexcept { value_.reset(); }

  friend bool operator==(const computed_once& /*a*/, const computed_once& /*b*/) noexcept { return true; }

 private:
  mutable std::mutex mutex_;
  mutable std::unique_ptr<const T> value_;
};

}  // namespace calibrant

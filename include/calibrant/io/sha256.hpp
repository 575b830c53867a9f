#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace calibrant {

/// SHA-256 (FIPS 180-4) of bytes that arrive in pieces.
class sha256 {
 public:
  sha256();
  sha256(sha256&&) noexcept;
  ~sha256();

  void update(std::span<const std::byte> bytes);
  /// Lower-case hex; ends the computation.
  [[nodiscard]] std::string finish();

 private:
  struct context;
  std::unique_ptr<context> context_;
};

}  // namespace calibrant

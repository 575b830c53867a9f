#pragma once

#include <span>

#include <calibrant/metrics/peers/peer_catalog.hpp>

namespace calibrant::detail {

[[nodiscard]] std::span<const peer_entry> peer_table() noexcept;

}  // namespace calibrant::detail

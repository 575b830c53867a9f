#pragma once

#include <string>

namespace calibrant::cli {

/// The catalogue of peers as JSON, with a line break at the end: what documents and tests are made from.
[[nodiscard]] std::string peer_listing();

}  // namespace calibrant::cli

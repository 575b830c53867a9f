#pragma once

#include <string_view>

/// The version of Calibrant, semantic for the API. The build files, the command and the package read it from here.
#define CALIBRANT_VERSION_MAJOR 0
#define CALIBRANT_VERSION_MINOR 1
#define CALIBRANT_VERSION_PATCH 0
#define CALIBRANT_VERSION_STRING "0.1.0"

namespace calibrant {

inline constexpr int version_major = CALIBRANT_VERSION_MAJOR;
inline constexpr int version_minor = CALIBRANT_VERSION_MINOR;
inline constexpr int version_patch = CALIBRANT_VERSION_PATCH;

/// "major.minor.patch"
inline constexpr std::string_view version_string = CALIBRANT_VERSION_STRING;

}  // namespace calibrant

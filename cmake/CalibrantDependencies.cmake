find_package(Threads REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(simdjson REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)

# Header-only third parties are used in .cpp files alone; behind BUILD_INTERFACE a consumer need not have them.
find_path(CALIBRANT_HIGHWAY_INCLUDE hwy/highway.h REQUIRED)
add_library(calibrant_highway_headers INTERFACE)
target_include_directories(calibrant_highway_headers SYSTEM INTERFACE "${CALIBRANT_HIGHWAY_INCLUDE}")
# Highway's debug assertions call into libhwy, which is not linked (docs/decisions/0001-header-only-highway-dispatch.md).
target_compile_definitions(calibrant_highway_headers INTERFACE HWY_IS_DEBUG_BUILD=0)

find_path(CALIBRANT_BOOST_INCLUDE boost/math/distributions/beta.hpp REQUIRED)
add_library(calibrant_boost_headers INTERFACE)
target_include_directories(calibrant_boost_headers SYSTEM INTERFACE "${CALIBRANT_BOOST_INCLUDE}")

find_path(CALIBRANT_EIGEN_INCLUDE Eigen/Dense PATH_SUFFIXES eigen3 REQUIRED)
find_path(CALIBRANT_LBFGSPP_INCLUDE LBFGS.h REQUIRED)
add_library(calibrant_eigen_headers INTERFACE)
target_include_directories(calibrant_eigen_headers SYSTEM INTERFACE "${CALIBRANT_EIGEN_INCLUDE}"
                           "${CALIBRANT_LBFGSPP_INCLUDE}")
find_path(CALIBRANT_TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
add_library(calibrant_toml_headers INTERFACE)
target_include_directories(calibrant_toml_headers SYSTEM INTERFACE "${CALIBRANT_TOMLPLUSPLUS_INCLUDE}")
mark_as_advanced(CALIBRANT_TOMLPLUSPLUS_INCLUDE CALIBRANT_HIGHWAY_INCLUDE CALIBRANT_BOOST_INCLUDE CALIBRANT_EIGEN_INCLUDE CALIBRANT_LBFGSPP_INCLUDE)

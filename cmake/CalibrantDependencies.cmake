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
mark_as_advanced(CALIBRANT_HIGHWAY_INCLUDE CALIBRANT_BOOST_INCLUDE)

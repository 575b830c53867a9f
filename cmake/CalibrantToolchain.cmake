# How every target of Calibrant is compiled. `calibrant_options` is linked privately: it never reaches a consumer.

set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CALIBRANT_CCACHE ccache)
  mark_as_advanced(CALIBRANT_CCACHE)
  if(CALIBRANT_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CALIBRANT_CCACHE}")
  endif()
endif()
if(CALIBRANT_STATIC_ANALYSIS)
  set(CMAKE_CXX_CLANG_TIDY "${CALIBRANT_STATIC_ANALYSIS}")
endif()

add_library(calibrant_options INTERFACE)
target_compile_features(calibrant_options INTERFACE cxx_std_20)
# A fused multiply-add rounds once where the definitions round twice: results would depend on the compiler.
target_compile_options(calibrant_options INTERFACE -ffp-contract=off)
include(CalibrantWarnings)
include(CalibrantSanitizers)

target_compile_options(calibrant_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 reports a false overlap for every "literal" + std::string at -O2 and above.
  target_compile_options(calibrant_options INTERFACE -Wno-restrict)
endif()
if(CALIBRANT_DEVELOPER)
  target_compile_options(calibrant_options INTERFACE -Werror)
endif()

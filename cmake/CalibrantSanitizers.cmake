if(CALIBRANT_SANITIZERS)
  set(sanitizer_flags "-fsanitize=${CALIBRANT_SANITIZERS}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CALIBRANT_SANITIZERS MATCHES "undefined")
    # The Parquet plugin derives from classes of an uninstrumented Arrow, whose type information is not linkable.
    list(APPEND sanitizer_flags -fno-sanitize=vptr)
  endif()
  target_compile_options(calibrant_options INTERFACE ${sanitizer_flags})
  target_link_options(calibrant_options INTERFACE ${sanitizer_flags})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ reports false uninitialised and array-bound uses in sanitized code.
    target_compile_options(calibrant_options INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds
                           -Wno-stringop-overflow)
  endif()
endif()

# calibrant_embed_assets(<target> <namespace> <file>...)
#
# Adds a C++ source to the target that defines, for each file NAME.EXT, `extern const std::string_view NAME_EXT` in the
# namespace: its text. Edit the file, build, and the text follows.
function(calibrant_embed_assets target namespace)
  set(output "${PROJECT_BINARY_DIR}/assets/${target}_assets.cpp")
  set(script "${PROJECT_SOURCE_DIR}/cmake/embed_assets.cmake")
  list(JOIN ARGN "|" files)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${files}" "-DNAMESPACE=${namespace}" "-DOUTPUT=${output}" -P "${script}"
    DEPENDS ${ARGN} "${script}" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()

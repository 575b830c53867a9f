include(CMakePackageConfigHelpers)

get_property(calibrant_modules GLOBAL PROPERTY CALIBRANT_MODULES)
set(calibrant_package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/calibrant")

install(DIRECTORY include/calibrant DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(TARGETS ${calibrant_modules} EXPORT calibrant_targets)
install(EXPORT calibrant_targets NAMESPACE calibrant:: FILE calibrant-targets.cmake
        DESTINATION "${calibrant_package_directory}")
configure_package_config_file(cmake/calibrant-config.cmake.in "${PROJECT_BINARY_DIR}/calibrant-config.cmake"
                              INSTALL_DESTINATION "${calibrant_package_directory}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/calibrant-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/calibrant-config.cmake" "${PROJECT_BINARY_DIR}/calibrant-config-version.cmake"
        DESTINATION "${calibrant_package_directory}")

if(TARGET calibrant_command)
  install(TARGETS calibrant_command RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
if(TARGET calibrant_parquet)
  install(TARGETS calibrant_parquet LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/calibrant")
endif()

# The Python package: build/<preset>/python/calibrant, ready for PYTHONPATH, and the wheel that `pip install .` builds.

if(NOT SKBUILD AND NOT Python_EXECUTABLE AND EXISTS "${PROJECT_SOURCE_DIR}/.venv/bin/python")
  set(Python_EXECUTABLE "${PROJECT_SOURCE_DIR}/.venv/bin/python")
endif()
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)
if(NOT SKBUILD)
  execute_process(COMMAND "${Python_EXECUTABLE}" -m nanobind --cmake_dir OUTPUT_VARIABLE nanobind_ROOT
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
find_package(nanobind CONFIG REQUIRED)

file(GLOB python_binding_sources CONFIGURE_DEPENDS python/bindings/*.cpp)
nanobind_add_module(calibrant_python NB_STATIC NOMINSIZE ${python_binding_sources})
target_link_libraries(calibrant_python PRIVATE calibrant::report calibrant::io calibrant::figures calibrant::evaluation)
target_include_directories(calibrant_python PRIVATE "${PROJECT_SOURCE_DIR}")
target_compile_options(calibrant_python PRIVATE -ffp-contract=off)
target_link_options(calibrant_python PRIVATE LINKER:--as-needed LINKER:--exclude-libs,ALL)
set(python_package "${PROJECT_BINARY_DIR}/python/calibrant")
set_target_properties(calibrant_python PROPERTIES OUTPUT_NAME _core LIBRARY_OUTPUT_DIRECTORY "${python_package}")

nanobind_add_stub(calibrant_python_stub MODULE _core OUTPUT "${python_package}/_core.pyi"
                  PYTHON_PATH "${PROJECT_BINARY_DIR}/python/calibrant" DEPENDS calibrant_python)

file(GLOB_RECURSE python_sources CONFIGURE_DEPENDS python/calibrant/*.py python/calibrant/py.typed)
set(copied_python "")
foreach(source IN LISTS python_sources)
  file(RELATIVE_PATH name "${PROJECT_SOURCE_DIR}/python" "${source}")
  set(copy "${PROJECT_BINARY_DIR}/python/${name}")
  add_custom_command(OUTPUT "${copy}" COMMAND "${CMAKE_COMMAND}" -E copy "${source}" "${copy}" DEPENDS "${source}")
  list(APPEND copied_python "${copy}")
endforeach()
# The app starts with the example of the README, which exists once.
set(app_example "${PROJECT_BINARY_DIR}/python/calibrant/app/example.csv")
add_custom_command(OUTPUT "${app_example}" DEPENDS "${PROJECT_SOURCE_DIR}/examples/predictions.csv"
                   COMMAND "${CMAKE_COMMAND}" -E copy "${PROJECT_SOURCE_DIR}/examples/predictions.csv" "${app_example}")
list(APPEND copied_python "${app_example}")
add_custom_target(calibrant_python_package ALL DEPENDS ${copied_python} calibrant_python calibrant_python_stub)

if(SKBUILD)
  install(TARGETS calibrant_python LIBRARY DESTINATION calibrant COMPONENT python)
  install(FILES "${python_package}/_core.pyi" DESTINATION calibrant COMPONENT python)
  install(FILES examples/predictions.csv DESTINATION calibrant/app RENAME example.csv COMPONENT python)
  install(TARGETS calibrant_command RUNTIME DESTINATION "${SKBUILD_SCRIPTS_DIR}" COMPONENT python)
endif()

# How targets are made here. A folder is a target, and a source file in it is compiled because it is there: adding a
# file needs no edit of a list, and none can be forgotten.

add_library(runners_options INTERFACE)
target_compile_options(runners_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
# g++ 12 sees an overlap in the library's own `"text" + std::string()` once it inlines (GCC bug 105651).
target_compile_options(runners_options INTERFACE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>)
target_include_directories(runners_options INTERFACE ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(runners_options INTERFACE RUNNERS_VERSION="${PROJECT_VERSION}"
  $<$<BOOL:${RUNNERS_FAULT_POINTS}>:RUNNERS_FAULT_POINTS>)
if(RUNNERS_SANITIZE)
  target_compile_options(runners_options INTERFACE -fsanitize=${RUNNERS_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(runners_options INTERFACE -fsanitize=${RUNNERS_SANITIZE})
endif()

# runners_library(NAME DEPS...): a static library of every .cc file in this folder (and, with RECURSIVE, below it),
# with the alias runners::NAME.
function(runners_library name)
  cmake_parse_arguments(ARG "RECURSIVE" "" "DEPS" ${ARGN})
  if(ARG_RECURSIVE)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  else()
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  endif()
  add_library(runners_${name} STATIC ${sources})
  add_library(runners::${name} ALIAS runners_${name})
  target_link_libraries(runners_${name} PUBLIC runners_options ${ARG_DEPS})
endfunction()

# runners_test(NAME LABEL label [TIMEOUT seconds] DEPS...): one GoogleTest program of every *_test.cc file in this folder and below, run
# by ctest under that label.
function(runners_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE runners_options GTest::gmock GTest::gtest_main ${ARG_DEPS})
  target_compile_definitions(${name} PRIVATE RUNNERS_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    RUNNERS_BINARY_DIR="${CMAKE_BINARY_DIR}/bin")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(RUNNERS_SANITIZE)
    math(EXPR ARG_TIMEOUT "4 * ${ARG_TIMEOUT}")
  endif()
  add_test(NAME ${name} COMMAND ${name} --gtest_output=xml:${CMAKE_BINARY_DIR}/reports/${name}.xml)
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

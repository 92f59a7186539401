# Warnings, sanitizers and build types, in one place. `coterie_options` is linked by every target of ours.
add_library(coterie_options INTERFACE)
target_compile_options(coterie_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
target_include_directories(coterie_options INTERFACE "${CMAKE_SOURCE_DIR}")

# assert() guards what only we could break, and stays on in every build: no NDEBUG.
# Line tables are what a stack trace and a profile need; full debug information costs a third of the build.
# Fortified functions need the optimiser; what is built without it (-O0) undefines the macro again.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

set(COTERIE_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=: address,undefined or thread")
if(COTERIE_SANITIZE)
  target_compile_options(coterie_options INTERFACE -fsanitize=${COTERIE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(coterie_options INTERFACE -fsanitize=${COTERIE_SANITIZE})
endif()
if(WITH_FUZZERS)
  target_compile_options(coterie_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What distributions ask of programs that face a network, in every build that somebody may come to use. Sanitizers and fuzzers bring
# checks of their own.
option(COTERIE_HARDEN "Stack protection, fortified functions, read-only relocations, equal bytes from equal sources" ON)
set(COTERIE_HARDENED OFF)
if(COTERIE_HARDEN AND UNIX AND NOT COTERIE_SANITIZE AND NOT WITH_FUZZERS)
  set(COTERIE_HARDENED ON)
  include(CheckPIESupported)
  check_pie_supported()
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  foreach(type RELWITHDEBINFO RELEASE)
    string(APPEND CMAKE_CXX_FLAGS_${type} " -D_FORTIFY_SOURCE=2")
  endforeach()
  add_compile_options(-fstack-protector-strong)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    add_compile_options(-fstack-clash-protection)
    add_link_options(LINKER:-z,relro,-z,now)
  endif()
  # No path of this machine in assertions and debug information. Of two maps that fit, compilers take the later one. Coverage needs
  # the real paths.
  if(NOT CMAKE_CXX_FLAGS MATCHES "--coverage")
    add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}=." "-ffile-prefix-map=${CMAKE_BINARY_DIR}=./build")
    # A cache of compiled files may name sources from the build folder on.
    file(RELATIVE_PATH up "${CMAKE_BINARY_DIR}" "${CMAKE_SOURCE_DIR}")
    string(REGEX REPLACE "/$" "" up "${up}")
    if(up)
      add_compile_options("-ffile-prefix-map=${up}=.")
    endif()
  endif()
endif()

option(WITH_CCACHE "Use ccache where it is installed" ON)
find_program(CCACHE_PROGRAM ccache)
if(WITH_CCACHE AND CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

# The standard headers nearly every file includes, read once for each target.
set(COTERIE_COMMON_HEADERS <algorithm> <array> <chrono> <cstdint> <deque> <filesystem> <functional> <map> <memory> <optional>
  <span> <string> <string_view> <tuple> <unordered_map> <variant> <vector> <tl/expected.hpp>)

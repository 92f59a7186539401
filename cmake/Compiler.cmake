# Warnings, sanitizers and build types, in one place. `coterie_options` is linked by every target of ours.
add_library(coterie_options INTERFACE)
target_compile_options(coterie_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
target_include_directories(coterie_options INTERFACE "${CMAKE_SOURCE_DIR}")

# assert() guards what only we could break, and stays on in every build: no NDEBUG.
# Line tables are what a stack trace and a profile need; full debug information costs a third of the build.
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

option(WITH_CCACHE "Use ccache where it is installed" ON)
find_program(CCACHE_PROGRAM ccache)
if(WITH_CCACHE AND CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

# The standard headers nearly every file includes, read once for each target.
set(COTERIE_COMMON_HEADERS <algorithm> <array> <chrono> <cstdint> <deque> <filesystem> <functional> <map> <memory> <optional>
  <span> <string> <string_view> <tuple> <unordered_map> <variant> <vector> <tl/expected.hpp>)

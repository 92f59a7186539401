# Warnings, sanitizers and build types, in one place. `coterie_options` is linked by every target of ours.
add_library(coterie_options INTERFACE)
target_compile_options(coterie_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
target_include_directories(coterie_options INTERFACE "${CMAKE_SOURCE_DIR}")

# assert() guards what only we could break, and stays on in every build: no NDEBUG.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")
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
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

# Read by CPack before it begins. An empty value counts as none.
if("$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
  set(ENV{SOURCE_DATE_EPOCH} "${CPACK_COTERIE_EPOCH}")
endif()

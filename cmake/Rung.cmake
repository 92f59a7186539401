# One library per rung of the ladder (docs/design.md): `coterie_rung(wire SOURCES frame.cpp … LINK base)` makes
# coterie_wire, which links only what it names, so that a call in the wrong direction does not link.
function(coterie_rung name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(coterie_${name} STATIC ${ARG_SOURCES})
  target_precompile_headers(coterie_${name} PRIVATE ${COTERIE_COMMON_HEADERS})
  target_link_libraries(coterie_${name} PUBLIC coterie_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()

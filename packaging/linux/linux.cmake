# Manual pages, completions, the service of the relay and the desktop's knowledge of the client, where Linux systems look for them.
find_program(GZIP_PROGRAM gzip REQUIRED)

# Everything that goes into packages.
add_custom_target(packaged ALL)
add_dependencies(packaged ${COTERIE_COMPONENTS})

# Compressed as distributions want it: small, and without a name or a time inside.
function(coterie_gzip from to)
  add_custom_command(OUTPUT "${to}" COMMAND sh -c "\"$0\" -9nc <\"$1\" >\"$2\"" "${GZIP_PROGRAM}" "${from}" "${to}"
    DEPENDS "${from}" VERBATIM)
  cmake_path(GET to FILENAME name)
  add_custom_target(gzip_${name} DEPENDS "${to}")
  add_dependencies(packaged gzip_${name})
endfunction()

function(coterie_man component page)
  configure_file(linux/${page}.in man/${page} @ONLY)
  coterie_gzip("${CMAKE_CURRENT_BINARY_DIR}/man/${page}" "${CMAKE_CURRENT_BINARY_DIR}/man/${page}.gz")
  string(REGEX MATCH "[0-9]$" section ${page})
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/man/${page}.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}" COMPONENT ${component})
endfunction()

# Fills a template when it is installed, since only then the prefix is certain: packages have /usr where a build has /usr/local.
# Below /usr the configuration is in /etc; below any other prefix it stays there.
function(coterie_install_filled component template name destination)
  install(CODE "
    set(COTERIE_BINDIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
    set(COTERIE_SBINDIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}\")
    string(REGEX REPLACE \"^/usr/etc$\" \"/etc\" COTERIE_CONFDIR \"\${CMAKE_INSTALL_PREFIX}/etc\")
    string(APPEND COTERIE_CONFDIR /coterie)
    configure_file(\"${CMAKE_CURRENT_SOURCE_DIR}/${template}\" \"${CMAKE_CURRENT_BINARY_DIR}/installed/${name}\" @ONLY)
    file(INSTALL \"${CMAKE_CURRENT_BINARY_DIR}/installed/${name}\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${destination}\")"
    COMPONENT ${component})
endfunction()

function(coterie_documents component)
  foreach(document ${ARGN})
    install(FILES "${document}" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${component}" COMPONENT ${component})
  endforeach()
  install(FILES debian/copyright DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${component}" COMPONENT ${component})
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/changelog.gz" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${component}" COMPONENT ${component})
  install(FILES debian/${component}.lintian-overrides DESTINATION "${CMAKE_INSTALL_DATADIR}/lintian/overrides" RENAME ${component}
    COMPONENT ${component})
endfunction()
coterie_gzip("${CMAKE_CURRENT_SOURCE_DIR}/debian/changelog" "${CMAKE_CURRENT_BINARY_DIR}/changelog.gz")

set(completions "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")

if(TARGET coterie-cli)
  coterie_man(coterie-cli coterie-cli.1)
  coterie_documents(coterie-cli)
  install(FILES linux/coterie-cli.bash-completion DESTINATION "${completions}" RENAME coterie-cli COMPONENT coterie-cli)
endif()

if(TARGET coterie-relay)
  coterie_man(coterie-relay coterie-relay.8)
  coterie_man(coterie-relay relay.conf.5)
  coterie_documents(coterie-relay "${CMAKE_CURRENT_SOURCE_DIR}/../docs/relay-limits.md"
    "${CMAKE_CURRENT_SOURCE_DIR}/../docs/operation.md")
  install(FILES grafana/coterie-relay.json DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/coterie-relay/examples/grafana" COMPONENT coterie-relay)
  install(FILES linux/coterie-relay.bash-completion DESTINATION "${completions}" RENAME coterie-relay COMPONENT coterie-relay)
  coterie_install_filled(coterie-relay linux/coterie-relay.service.in coterie-relay.service lib/systemd/system)
  install(FILES linux/coterie-relay.socket DESTINATION lib/systemd/system COMPONENT coterie-relay)
  install(FILES linux/coterie-relay-port.conf DESTINATION lib/systemd/system/coterie-relay.service.d RENAME 10-port.conf
    COMPONENT coterie-relay)
  install(FILES linux/coterie-relay.sysusers DESTINATION lib/sysusers.d RENAME coterie-relay.conf COMPONENT coterie-relay)
  # A configuration that is there is somebody's: it stays. (Packages are made in an empty folder, and dpkg asks.)
  install(CODE "
    string(REGEX REPLACE \"^/usr/etc$\" \"/etc\" folder \"\${CMAKE_INSTALL_PREFIX}/etc\")
    if(EXISTS \"\$ENV{DESTDIR}\${folder}/coterie/relay.conf\")
      message(STATUS \"Kept: \$ENV{DESTDIR}\${folder}/coterie/relay.conf\")
    else()
      file(INSTALL \"${CMAKE_CURRENT_SOURCE_DIR}/linux/relay.conf\" DESTINATION \"\${folder}/coterie\")
    endif()"
    COMPONENT coterie-relay)
endif()

if(TARGET coterie)
  include(linux/desktop.cmake)
endif()

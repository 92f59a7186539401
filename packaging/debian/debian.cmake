# The Debian packages, one for each component.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_SOURCE_DIR}/debian/strip.cmake")
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${COTERIE_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# Otherwise CPack puts it in front of each description below.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")

# Equal bytes from equal sources: the release's time stands for the time of building, unless somebody says another.
execute_process(COMMAND date --utc --date "${COTERIE_RELEASE_DATE} 12:00:00" +%s OUTPUT_VARIABLE CPACK_COTERIE_EPOCH
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(CPACK_PROJECT_CONFIG_FILE "${CMAKE_CURRENT_SOURCE_DIR}/debian/epoch.cmake")

set(about "Coterie is chat and file transfer for a small circle: a team, a family, a
club. Everybody who knows a group's name and password can talk and pass
files of any size, end to end encrypted, through a relay that one of them
runs and that can read nothing of it. Nobody keeps an account.
")

set(CPACK_DEBIAN_COTERIE_PACKAGE_NAME coterie)
set(CPACK_COMPONENT_COTERIE_DESCRIPTION "private chat and file transfer for a small circle - desktop client
${about}
This package is the client for the desktop.")
set(CPACK_DEBIAN_COTERIE_PACKAGE_RECOMMENDS "hicolor-icon-theme, wx3.2-i18n")
set(CPACK_DEBIAN_COTERIE_PACKAGE_SUGGESTS "coterie-cli, coterie-relay, python3-nautilus")

set(CPACK_DEBIAN_COTERIE-CLI_PACKAGE_NAME coterie-cli)
set(CPACK_COMPONENT_COTERIE-CLI_DESCRIPTION "private chat and file transfer for a small circle - command line
${about}
This package is the client for terminals, servers and scripts.")
set(CPACK_DEBIAN_COTERIE-CLI_PACKAGE_SUGGESTS "coterie-relay")

set(CPACK_DEBIAN_COTERIE-RELAY_PACKAGE_NAME coterie-relay)
set(CPACK_COMPONENT_COTERIE-RELAY_DESCRIPTION "private chat and file transfer for a small circle - relay
${about}
This package is the relay, as a sandboxed systemd service that listens on
TCP port 12345 and keeps sealed messages for members who are away.")
set(CPACK_DEBIAN_COTERIE-RELAY_PACKAGE_DEPENDS
  "init-system-helpers (>= 1.54~), systemd | systemd-standalone-sysusers | systemd-sysusers, passwd")
set(CPACK_DEBIAN_COTERIE-RELAY_PACKAGE_SUGGESTS "coterie-cli")
set(CPACK_DEBIAN_COTERIE-RELAY_PACKAGE_CONTROL_EXTRA)
foreach(script postinst prerm postrm conffiles)
  # CPack takes the name of the file as what it is.
  configure_file(debian/coterie-relay.${script} "${CMAKE_CURRENT_BINARY_DIR}/coterie-relay/${script}" COPYONLY)
  list(APPEND CPACK_DEBIAN_COTERIE-RELAY_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_BINARY_DIR}/coterie-relay/${script}")
endforeach()

# The installer for Windows: an MSI by the WiX toolset, with an entry in the Start menu, links that begin with coterie://, and upgrades
# that take the place of what is there.
configure_file(windows/coterie.rc.in coterie.rc @ONLY)
configure_file(icons/coterie.ico coterie.ico COPYONLY)
target_sources(coterie PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/coterie.rc")
set_target_properties(coterie PROPERTIES WIN32_EXECUTABLE ON)
install(TARGETS coterie RUNTIME DESTINATION . COMPONENT coterie)

# WiX knows licences by the end of their names.
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/../LICENSE" "${CMAKE_CURRENT_BINARY_DIR}/LICENSE.txt" COPYONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/LICENSE.txt" DESTINATION . COMPONENT coterie)

set(CPACK_GENERATOR WIX)
set(CPACK_COMPONENTS_ALL coterie)
set(CPACK_MONOLITHIC_INSTALL ON)
set(CPACK_SYSTEM_NAME win64)
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_CURRENT_BINARY_DIR}/LICENSE.txt")
set(CPACK_PACKAGE_INSTALL_DIRECTORY Coterie)
set(CPACK_PACKAGE_EXECUTABLES coterie Coterie)
# The same for ever: by it Windows knows that a newer package is the same program.
set(CPACK_WIX_UPGRADE_GUID 7E0C3B52-9D8B-4C54-9E0F-5B1B7A4E2C86)
set(CPACK_WIX_PRODUCT_ICON "${CMAKE_CURRENT_SOURCE_DIR}/icons/coterie.ico")
set(CPACK_WIX_PROGRAM_MENU_FOLDER .)
set(CPACK_WIX_PATCH_FILE "${CMAKE_CURRENT_SOURCE_DIR}/windows/links.xml")
# Honoured from CMake 3.29 on.
set(CPACK_WIX_INSTALL_SCOPE perMachine)

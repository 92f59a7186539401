# The application bundle, and a disk image of it.
set_target_properties(coterie PROPERTIES
  MACOSX_BUNDLE ON
  OUTPUT_NAME Coterie
  MACOSX_BUNDLE_INFO_PLIST "${CMAKE_CURRENT_SOURCE_DIR}/macos/Info.plist.in"
  MACOSX_BUNDLE_BUNDLE_NAME Coterie
  MACOSX_BUNDLE_GUI_IDENTIFIER ${COTERIE_APP_ID}
  MACOSX_BUNDLE_SHORT_VERSION_STRING ${PROJECT_VERSION}
  MACOSX_BUNDLE_BUNDLE_VERSION ${PROJECT_VERSION}
  MACOSX_BUNDLE_ICON_FILE coterie.icns
  MACOSX_BUNDLE_COPYRIGHT "Copyright © 2026 The Coterie authors")
target_sources(coterie PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/icons/coterie.icns")
set_source_files_properties("${CMAKE_CURRENT_SOURCE_DIR}/icons/coterie.icns" TARGET_DIRECTORY coterie
  PROPERTIES MACOSX_PACKAGE_LOCATION Resources)
install(TARGETS coterie BUNDLE DESTINATION . COMPONENT coterie)

set(CPACK_GENERATOR DragNDrop)
set(CPACK_COMPONENTS_ALL coterie)
set(CPACK_PACKAGE_FILE_NAME "coterie-${PROJECT_VERSION}-macos-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_DMG_VOLUME_NAME "Coterie ${PROJECT_VERSION}")
set(CPACK_DMG_FORMAT UDZO)
set(CPACK_DMG_FILESYSTEM HFS+)
# No licence to click away: the format for it is gone from current systems.
set(CPACK_DMG_SLA_USE_RESOURCE_FILE_LICENSE OFF)

# What a desktop has to know about the client: entry in the menu, description for software centres, icons, links that begin with
# coterie://, and "send to" in the file managers that have such a menu.
find_program(RSVG_CONVERT rsvg-convert)

install(TARGETS coterie RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT coterie)
coterie_man(coterie coterie.1)
coterie_documents(coterie)
configure_file(linux/${COTERIE_APP_ID}.desktop.in ${COTERIE_APP_ID}.desktop @ONLY)
configure_file(linux/${COTERIE_APP_ID}.metainfo.xml.in ${COTERIE_APP_ID}.metainfo.xml @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${COTERIE_APP_ID}.desktop" DESTINATION "${CMAKE_INSTALL_DATADIR}/applications" COMPONENT coterie)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${COTERIE_APP_ID}.metainfo.xml" DESTINATION "${CMAKE_INSTALL_DATADIR}/metainfo" COMPONENT coterie)

# GNOME, Xfce, Cinnamon and KDE read these; where the file manager is another one they lie there unread.
install(FILES linux/send-to/thunar.desktop DESTINATION "${CMAKE_INSTALL_DATADIR}/Thunar/sendto" RENAME ${COTERIE_APP_ID}.desktop
  COMPONENT coterie)
install(FILES linux/send-to/coterie_nautilus.py DESTINATION "${CMAKE_INSTALL_DATADIR}/nautilus-python/extensions" RENAME coterie.py
  COMPONENT coterie)
install(FILES linux/send-to/coterie.nemo_action DESTINATION "${CMAKE_INSTALL_DATADIR}/nemo/actions" COMPONENT coterie)
install(FILES linux/send-to/kde.desktop DESTINATION "${CMAKE_INSTALL_DATADIR}/kio/servicemenus" RENAME ${COTERIE_APP_ID}.desktop
  COMPONENT coterie)

set(drawing "${CMAKE_CURRENT_SOURCE_DIR}/../assets/icons/${COTERIE_APP_ID}.svg")
set(icons "${CMAKE_INSTALL_DATADIR}/icons/hicolor")
install(FILES "${drawing}" DESTINATION "${icons}/scalable/apps" COMPONENT coterie)
if(RSVG_CONVERT)
  foreach(size 16 22 24 32 48 64 128 256)
    set(icon "${CMAKE_CURRENT_BINARY_DIR}/icons/${size}.png")
    add_custom_command(OUTPUT "${icon}" COMMAND "${CMAKE_COMMAND}" -E make_directory "${CMAKE_CURRENT_BINARY_DIR}/icons"
      COMMAND "${RSVG_CONVERT}" --width ${size} --height ${size} --output "${icon}" "${drawing}" DEPENDS "${drawing}" VERBATIM)
    add_custom_target(icon_${size} DEPENDS "${icon}")
    add_dependencies(packaged icon_${size})
    install(FILES "${icon}" DESTINATION "${icons}/${size}x${size}/apps" RENAME ${COTERIE_APP_ID}.png COMPONENT coterie)
  endforeach()
else()
  message(WARNING "rsvg-convert is missing (Debian: librsvg2-bin): the icon is installed as a drawing only.")
endif()

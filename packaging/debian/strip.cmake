# Run by CPack on the staged files: symbols and notes go, as Debian's own tools leave its programs.
file(GLOB programs LIST_DIRECTORIES FALSE "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*/usr/bin/*" "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*/usr/sbin/*")
foreach(program IN LISTS programs)
  execute_process(COMMAND strip --strip-unneeded --remove-section=.comment --remove-section=.note "${program}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()

# What `cmake --install` puts where: the program with all that it needs to be found by shells,
# editors, readers and Python, and the CMake package `Lamina` for programs that use the libraries.
install(TARGETS lamina RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

set(lamina_data ${CMAKE_INSTALL_DATADIR}/lamina)
file(GLOB lamina_experiment_files CONFIGURE_DEPENDS experiments/*.yaml)
install(FILES ${lamina_experiment_files} DESTINATION ${lamina_data}/experiments)
install(FILES python/lamina.py DESTINATION ${lamina_data}/python)

# what the program writes about itself
install(CODE "
    function(lamina_writes file)
        execute_process(COMMAND \"$<TARGET_FILE:lamina>\" \${ARGN} OUTPUT_VARIABLE text RESULT_VARIABLE failed)
        if(failed OR NOT text)
            message(FATAL_ERROR \"lamina \${ARGN} failed: nothing to install\")
        endif()
        set(path \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/\${file}\")
        file(WRITE \"\${path}\" \"\${text}\")
        message(STATUS \"Installing: \${path}\")
    endfunction()
    lamina_writes(lamina/lamina.schema.json schema)
    lamina_writes(bash-completion/completions/lamina completion bash)
    lamina_writes(zsh/site-functions/_lamina completion zsh)
    lamina_writes(fish/vendor_completions.d/lamina.fish completion fish)
    set(pages \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man1\")
    message(STATUS \"Installing: \${pages}\")
    execute_process(COMMAND \"$<TARGET_FILE:lamina>\" manual --into \"\${pages}\"
        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)")

# the libraries; headers are included by their path in the source tree, e.g. \"sim/area.hpp\"
set(lamina_libraries kernels models run_file sim analysis experiments)
foreach(name IN LISTS lamina_libraries)
    set_target_properties(lamina_${name} PROPERTIES EXPORT_NAME ${name})
    add_library(Lamina::${name} ALIAS lamina_${name})
    list(APPEND lamina_targets lamina_${name})
endforeach()
set_target_properties(lamina_flags PROPERTIES EXPORT_NAME flags)
install(TARGETS lamina_flags ${lamina_targets} EXPORT LaminaTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY kernels models sim analysis experiments DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/lamina
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.cuh" PATTERN "*.inc")

set(lamina_package ${CMAKE_INSTALL_LIBDIR}/cmake/Lamina)
include(CMakePackageConfigHelpers)
configure_package_config_file(cmake/LaminaConfig.cmake.in ${PROJECT_BINARY_DIR}/LaminaConfig.cmake
    INSTALL_DESTINATION ${lamina_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/LaminaConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(EXPORT LaminaTargets NAMESPACE Lamina:: DESTINATION ${lamina_package})
install(FILES ${PROJECT_BINARY_DIR}/LaminaConfig.cmake ${PROJECT_BINARY_DIR}/LaminaConfigVersion.cmake
              cmake/FindRandom123.cmake cmake/FindLibyaml.cmake cmake/FindSerialHDF5.cmake DESTINATION ${lamina_package})

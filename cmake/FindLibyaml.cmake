# libyaml (without a package file of its own in Debian 12) as the target Libyaml::Libyaml.
find_path(Libyaml_INCLUDE_DIR yaml.h)
find_library(Libyaml_LIBRARY yaml)
mark_as_advanced(Libyaml_INCLUDE_DIR Libyaml_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libyaml REQUIRED_VARS Libyaml_LIBRARY Libyaml_INCLUDE_DIR)
if(Libyaml_FOUND AND NOT TARGET Libyaml::Libyaml)
    add_library(Libyaml::Libyaml UNKNOWN IMPORTED)
    set_target_properties(Libyaml::Libyaml PROPERTIES IMPORTED_LOCATION ${Libyaml_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${Libyaml_INCLUDE_DIR})
endif()

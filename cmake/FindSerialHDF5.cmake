# HDF5 with its high-level library, as SerialHDF5::SerialHDF5, where CMAKE_PREFIX_PATH leads first.
# CMake's own module asks the compiler wrapper h5cc in PATH, which answers for the system whatever
# prefix was given, and is not part of Debian's package when that is only unpacked.
set(places HINTS ${HDF5_ROOT} ENV HDF5_ROOT ENV HDF5_DIR)
find_path(SerialHDF5_INCLUDE_DIR hdf5_hl.h ${places} PATH_SUFFIXES include include/hdf5/serial hdf5/serial)
find_library(SerialHDF5_LIBRARY NAMES hdf5_serial hdf5 NAMES_PER_DIR ${places}
    PATH_SUFFIXES lib lib64 hdf5/serial)
find_library(SerialHDF5_HL_LIBRARY NAMES hdf5_serial_hl hdf5_hl NAMES_PER_DIR ${places}
    PATH_SUFFIXES lib lib64 hdf5/serial)
mark_as_advanced(SerialHDF5_INCLUDE_DIR SerialHDF5_LIBRARY SerialHDF5_HL_LIBRARY)

set(SerialHDF5_VERSION "")
if(SerialHDF5_INCLUDE_DIR)
    foreach(part MAJOR MINOR RELEASE)
        file(STRINGS ${SerialHDF5_INCLUDE_DIR}/H5public.h line REGEX "#define H5_VERS_${part}[ \t]+[0-9]+")
        string(REGEX REPLACE ".*H5_VERS_${part}[ \t]+([0-9]+).*" "\\1" ${part} "${line}")
    endforeach()
    set(SerialHDF5_VERSION ${MAJOR}.${MINOR}.${RELEASE})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SerialHDF5
    REQUIRED_VARS SerialHDF5_LIBRARY SerialHDF5_HL_LIBRARY SerialHDF5_INCLUDE_DIR
    VERSION_VAR SerialHDF5_VERSION)
if(SerialHDF5_FOUND AND NOT TARGET SerialHDF5::SerialHDF5)
    add_library(SerialHDF5::SerialHDF5 INTERFACE IMPORTED)
    target_include_directories(SerialHDF5::SerialHDF5 SYSTEM INTERFACE ${SerialHDF5_INCLUDE_DIR})
    target_link_libraries(SerialHDF5::SerialHDF5 INTERFACE ${SerialHDF5_HL_LIBRARY} ${SerialHDF5_LIBRARY})
endif()

# What the program knows about how it was built: generated/build.hpp (written when CMake runs) and
# generated/commit.hpp (looked at in every build).
function(lamina_build_info target)
    set(folder ${PROJECT_BINARY_DIR}/generated/generated)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" kind)
    set(flags ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${kind}} ${OpenMP_CXX_FLAGS} ${lamina_options})
    if(LAMINA_SANITIZE)
        list(APPEND flags -fsanitize=${LAMINA_SANITIZE})
    endif()
    list(JOIN flags " " flags)
    set(cuda "")
    if(TARGET lamina_cuda)
        set(cuda ${CMAKE_CUDA_COMPILER_VERSION})
    endif()
    file(CONFIGURE OUTPUT ${folder}/build.hpp CONTENT "#pragma once
#define LAMINA_VERSION \"${PROJECT_VERSION}\"
#define LAMINA_COMPILER \"${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}\"
#define LAMINA_FLAGS \"${flags}\"
#define LAMINA_BUILD_TYPE \"${CMAKE_BUILD_TYPE}\"
#define LAMINA_WITH_BOOST \"${Boost_VERSION_STRING}\"
#define LAMINA_WITH_EIGEN \"${Eigen3_VERSION}\"
#define LAMINA_WITH_HDF5 \"${SerialHDF5_VERSION}\"
#define LAMINA_WITH_CLI11 \"${CLI11_VERSION}\"
#define LAMINA_WITH_JSON \"${nlohmann_json_VERSION}\"
#define LAMINA_WITH_FMT \"${fmt_VERSION}\"
#define LAMINA_WITH_CUDA \"${cuda}\"
")
    add_custom_target(lamina_commit
        COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUT=${folder}/commit.hpp
                -P ${PROJECT_SOURCE_DIR}/cmake/write_commit.cmake
        BYPRODUCTS ${folder}/commit.hpp
        COMMENT "Noting the commit" VERBATIM)
    add_dependencies(${target} lamina_commit)
    target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/generated)
endfunction()

# CUDA is optional: with nvcc the simulator can run on graphics processors, and without it
# sim/backend_cuda_absent.cpp says what is missing. Nothing else knows the difference.
include(CheckLanguage)
set(lamina_cuda_found OFF)
if(LAMINA_CUDA AND NOT LAMINA_SANITIZE)
    check_language(CUDA)
    if(CMAKE_CUDA_COMPILER)
        if(NOT CMAKE_CUDA_ARCHITECTURES) # Ampere, Hopper, Blackwell, and what comes after by PTX
            execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-arch OUTPUT_VARIABLE known ERROR_QUIET)
            if(known MATCHES "compute_100")
                set(CMAKE_CUDA_ARCHITECTURES 80-real 90-real 100)
            else() # CUDA before 12.8
                set(CMAKE_CUDA_ARCHITECTURES 80-real 90)
            endif()
        endif()
        enable_language(CUDA)
        find_package(CUDAToolkit REQUIRED)
        set(lamina_cuda_found ON)
    endif()
endif()

if(lamina_cuda_found)
    add_library(lamina_cuda OBJECT sim/backend_cuda.cu)
    target_include_directories(lamina_cuda PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(lamina_cuda PRIVATE Random123::Random123)
    target_compile_features(lamina_cuda PRIVATE cuda_std_17)
    # the same rounding as on the processor: no contraction but where the sources write fma
    set(lamina_cuda_options -fmad=false -Xfatbin=-compress-all --expt-relaxed-constexpr -Xcompiler=-ffp-contract=off
        -Werror=all-warnings)
    target_compile_options(lamina_cuda PRIVATE ${lamina_cuda_options})
    set_property(SOURCE ${PROJECT_SOURCE_DIR}/sim/backend_cuda_absent.cpp
        PROPERTY HEADER_FILE_ONLY ON) # listed, not compiled
    target_sources(lamina_sim PRIVATE $<TARGET_OBJECTS:lamina_cuda>)
    target_link_libraries(lamina_sim PUBLIC CUDA::cudart_static)
endif()

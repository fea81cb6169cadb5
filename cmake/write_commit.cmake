# Notes the commit the sources come from in OUT, for `lamina --version` and run.json. Run at every
# build; the file is written only when its content changes, so that nothing else is built again.
#
#     cmake -DSOURCE=<source folder> -DOUT=<header> -P write_commit.cmake
#
# A source tree without git, or one that lies inside somebody else's repository, is "unknown".
set(commit "unknown")
execute_process(COMMAND git -C ${SOURCE} rev-parse --show-toplevel
    OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(NOT failed)
    file(REAL_PATH "${top}" top)
    file(REAL_PATH "${SOURCE}" source)
    if(top STREQUAL source)
        execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
            OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
        if(failed)
            set(commit "unknown")
        endif()
    endif()
endif()
file(CONFIGURE OUTPUT "${OUT}" CONTENT "#pragma once\n#define LAMINA_COMMIT \"${commit}\"\n")

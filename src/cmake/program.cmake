# sentimark_program(NAME): main.cpp of the current folder and the room of the same name (with underscores) become the
# executable build/<preset>/bin/NAME (target NAME, or NAME-program for a name of one word). Release presets link it static,
# small, and with warnings of the linker as errors.
option(SENTIMARK_STATIC "programs are static executables" OFF)

add_library(no_resolver OBJECT ${CMAKE_CURRENT_LIST_DIR}/no_resolver.c)
target_compile_options(no_resolver PRIVATE -Wall -Wextra -Werror -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

# sentimark_executable(TARGET FILE ROOM...): the same from any file and rooms.
function(sentimark_executable target file)
  add_executable(${target} ${file} $<TARGET_OBJECTS:no_resolver>)
  target_link_libraries(${target} PRIVATE sentimark_warnings ${ARGN})
  if(SENTIMARK_STATIC)
    # Not static-pie: half a megabyte more, and `file` would not call it statically linked.
    target_link_options(${target} PRIVATE -static -s -Wl,--gc-sections -Wl,--fatal-warnings -Wl,-z,relro,-z,now,-z,noexecstack)
  endif()
endfunction()

function(sentimark_program name)
  string(REPLACE - _ room ${name})
  # The target of a program of one word cannot be called as its room is.
  set(target ${name})
  if(room STREQUAL name)
    set(target ${name}-program)
  endif()
  sentimark_executable(${target} main.cpp ${room})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name})
endfunction()

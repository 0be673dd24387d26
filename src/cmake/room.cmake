# sentimark_room(NAME [INSIDE] [USES room...] [LIBS library...])
# The room's folder becomes one static library that sees only the rooms in USES.
# INSIDE marks a room of the first group: it also runs inside the cluster.
function(sentimark_room name)
  cmake_parse_arguments(arg "INSIDE" "" "USES;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$|_mbedtls\\.cpp$")  # those are the agent's (src/agent_images)
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC sentimark_settings PRIVATE sentimark_warnings ${arg_LIBS})
  target_link_libraries(${name} PUBLIC ${arg_USES})
  if(arg_INSIDE)
    target_link_libraries(${name} PRIVATE sentimark_inside)
  endif()
endfunction()

# sentimark_test(NAME [USES room...]): tests/unit/<room>/*_test.cpp become one GoogleTest program, unit_<room>.
function(sentimark_test name)
  cmake_parse_arguments(arg "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*_test.cpp)
  add_executable(unit_${name} ${sources})
  target_link_libraries(unit_${name} PRIVATE sentimark_warnings ${name} ${arg_USES} GTest::gtest GTest::gtest_main)
  target_include_directories(unit_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  add_test(NAME unit_${name} COMMAND unit_${name})
endfunction()

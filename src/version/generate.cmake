# Writes OUT, the source of version.hpp: VERSION, the commit of SOURCE's tree, and the lines of its deps.lock.
# Nothing else gets in: the same commit gives the same bytes in any folder on any day.
unset(ENV{GIT_DIR})  # a hook's own repository is not the one that is built
set(commit unknown)
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --show-prefix HEAD OUTPUT_VARIABLE told ERROR_QUIET RESULT_VARIABLE status)
  # A source archive unpacked somewhere inside another repository is not that repository's commit.
  if(status EQUAL 0 AND told MATCHES "^\n([0-9a-f]+)\n$")
    set(commit ${CMAKE_MATCH_1})
    execute_process(COMMAND ${GIT} --no-optional-locks -C ${SOURCE} status --porcelain OUTPUT_VARIABLE changed RESULT_VARIABLE status)
    if(NOT changed STREQUAL "" OR NOT status EQUAL 0)
      string(APPEND commit -dirty)
    endif()
  endif()
endif()

file(STRINGS ${SOURCE}/deps.lock lines REGEX "^[a-z]")
list(LENGTH lines count)
set(rows "")
foreach(line IN LISTS lines)
  string(REGEX MATCH "^([^ ]+) ([^ ]+)" found "${line}")
  string(APPEND rows "    Dependency{\"${CMAKE_MATCH_1}\", \"${CMAKE_MATCH_2}\"},\n")
endforeach()

file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
#include "version/version.hpp"

#include <array>

namespace sentimark::version {
namespace {

constexpr std::array<Dependency, @count@> k_dependencies{{
@rows@}};

}  // namespace

std::string_view version() { return "@VERSION@"; }
std::string_view commit() { return "@commit@"; }
std::span<const Dependency> dependencies() { return k_dependencies; }

}  // namespace sentimark::version
]])

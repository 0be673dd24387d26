# Compiler settings and warnings, as two INTERFACE targets that every target of ours links.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# A second checkout takes its objects from the first one's compilation: no path of the folder decides.
find_program(SENTIMARK_CCACHE ccache)
if(SENTIMARK_CCACHE)
  set(ccache ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${SENTIMARK_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${ccache})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ccache})
endif()

option(SENTIMARK_WERROR "warnings are errors" ON)
option(SENTIMARK_SANITIZE "address and undefined behaviour sanitizers" OFF)
option(SENTIMARK_TIDY "run clang-tidy on every file" OFF)
option(SENTIMARK_TESTS "build the tests" ON)
option(SENTIMARK_EMULATOR "build sentimark-emulator, which links libraries of the building machine" ON)

add_library(sentimark_settings INTERFACE)
target_include_directories(sentimark_settings INTERFACE ${CMAKE_SOURCE_DIR}/src)
# The same bytes from any folder: no path of the building machine gets in.
target_compile_options(sentimark_settings INTERFACE -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(SENTIMARK_SANITIZE)
  # Not vptr: it needs RTTI, which the rooms of the first group have not.
  target_compile_options(sentimark_settings INTERFACE -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(sentimark_settings INTERFACE -fsanitize=address,undefined)
endif()

# What a release has beyond: hardened, and in sections so that the linker drops what nothing calls.
target_compile_options(sentimark_settings INTERFACE
  $<$<CONFIG:Release>:-ffunction-sections;-fdata-sections;-fstack-protector-strong;-D_FORTIFY_SOURCE=2>)

# Not -Wnull-dereference, and in a release or with sanitizers not -Wmaybe-uninitialized: g++ 12 reports them inside
# std::string, std::vector and std::variant once they are inlined.
add_library(sentimark_warnings INTERFACE)
target_compile_options(sentimark_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi
  -Wconversion -Wsign-conversion -Wformat=2 -Wimplicit-fallthrough -Wold-style-cast
  $<$<OR:$<CONFIG:Release>,$<BOOL:${SENTIMARK_SANITIZE}>>:-Wno-maybe-uninitialized>
  $<$<BOOL:${SENTIMARK_WERROR}>:-Werror>)

# What also runs inside the cluster is built without exceptions and RTTI everywhere, so that the tests test the same code.
add_library(sentimark_inside INTERFACE)
target_compile_options(sentimark_inside INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)

if(SENTIMARK_TIDY)
  find_program(SENTIMARK_CLANG_TIDY NAMES clang-tidy-14 clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY ${SENTIMARK_CLANG_TIDY} --quiet)
endif()

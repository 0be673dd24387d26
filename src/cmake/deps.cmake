# The libraries that scripts/bootstrap built from deps.lock, as targets dep_<name>.
set(SENTIMARK_TARGET x86_64 CACHE STRING "which libraries to link: x86_64 or aarch64")
set(SENTIMARK_DEPS ${CMAKE_SOURCE_DIR}/build/deps-${SENTIMARK_TARGET})
if(NOT EXISTS ${SENTIMARK_DEPS}/complete)
  message(FATAL_ERROR "The libraries are not built yet: run scripts/bootstrap --target ${SENTIMARK_TARGET}")
endif()

# sentimark_dep(NAME FILE [USES dep...]): one archive, and what must follow it on the linker's command line.
function(sentimark_dep name file)
  cmake_parse_arguments(arg "" "" "USES" ${ARGN})
  add_library(dep_${name} STATIC IMPORTED GLOBAL)
  set_target_properties(dep_${name} PROPERTIES IMPORTED_LOCATION ${SENTIMARK_DEPS}/lib/${file}
    INTERFACE_INCLUDE_DIRECTORIES ${SENTIMARK_DEPS}/include INTERFACE_LINK_LIBRARIES "${arg_USES}")
endfunction()

sentimark_dep(zlib libz.a)
sentimark_dep(crypto libcrypto.a)
sentimark_dep(ssl libssl.a USES dep_crypto)
sentimark_dep(nghttp2 libnghttp2.a)
sentimark_dep(cares libcares.a)
sentimark_dep(curl libcurl.a USES dep_ssl dep_nghttp2 dep_cares dep_zlib)
sentimark_dep(yaml libyaml-cpp.a)
sentimark_dep(mbedcrypto libmbedcrypto.a)
sentimark_dep(mbedx509 libmbedx509.a USES dep_mbedcrypto)
sentimark_dep(mbedtls libmbedtls.a USES dep_mbedx509)

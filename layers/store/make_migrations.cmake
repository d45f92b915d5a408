# Writes a source file that holds the scripts of schema/ as an array, in the order of their numbers.
# cmake -DSCHEMA=<folder> -DOUTPUT=<file.cpp> -P make_migrations.cmake
file(GLOB scripts LIST_DIRECTORIES false "${SCHEMA}/*.sql")
list(SORT scripts)
set(number 0)
set(entries "")
foreach(script IN LISTS scripts)
  get_filename_component(name "${script}" NAME)
  math(EXPR number "${number} + 1")
  string(LENGTH "${number}" digits)
  math(EXPR zeros "4 - ${digits}")
  string(REPEAT "0" ${zeros} prefix)
  if(NOT name MATCHES "^${prefix}${number}_[a-z0-9_]+\\.sql$")
    message(FATAL_ERROR "${script}: the next script of the schema must be named ${prefix}${number}_<what_it_changes>.sql;"
      " numbers begin with 0001, without gaps, each used once")
  endif()
  file(READ "${script}" text)
  if(text MATCHES "\\)migration\"")
    message(FATAL_ERROR "${script}: it must not contain )migration\"")
  endif()
  string(REGEX REPLACE "\\.sql$" "" name "${name}")
  string(APPEND entries "    {\"${name}\", R\"migration(${text})migration\"},\n")
endforeach()
if(number EQUAL 0)
  message(FATAL_ERROR "${SCHEMA} holds no scripts")
endif()
file(WRITE "${OUTPUT}" "// Made by layers/store/make_migrations.cmake out of layers/store/schema.
#include \"layers/store/migrations.hpp\"

#include <array>

namespace layers {
namespace {

constexpr std::array<Migration, ${number}> scripts{{
${entries}}};

}  // namespace

std::span<const Migration> migrations() noexcept {
    return scripts;
}

}  // namespace layers
")

#include "builder/build/archive_source.hpp"

#include "layers/archive.hpp"
#include "runtime/sys/file.hpp"

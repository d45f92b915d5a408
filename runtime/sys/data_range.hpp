// Where a file that has holes holds data: lseek(2), SEEK_DATA.
#pragma once

#include <sys/types.h>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Bytes from begin on, before end.
struct DataRange {
    off_t begin;
    off_t end;
};

/// The first data at or behind a position, of a file of that size; begin and end are the size where only a hole is
/// left. On file systems that tell no holes all is data. What changes meanwhile may be missed. Throws SystemError.
DataRange next_data(const Fd& file, off_t position, off_t size);

}  // namespace runtime

#include "runtime/sys/data_range.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "runtime/base/error.hpp"

namespace runtime {

DataRange next_data(const Fd& file, off_t position, off_t size) {
    if (position >= size) return {size, size};
    const off_t begin = ::lseek(file.get(), position, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) return {size, size};
    if (begin < 0 && errno == EINVAL) return {position, size};
    if (begin < 0) throw SystemError("cannot look for holes in a file");
    const off_t end = ::lseek(file.get(), begin, SEEK_HOLE);
    // Cut short between the two calls: what is left is for the reader to find out.
    return {std::min(begin, size), end < 0 ? size : std::min(end, size)};
}

}  // namespace runtime

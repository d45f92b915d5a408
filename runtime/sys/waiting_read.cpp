#include "runtime/sys/waiting_read.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/stream.hpp"
#include "runtime/sys/waits.hpp"

namespace runtime {

std::string read_waiting(const std::string& path, std::size_t limit_bytes, const StopSource& stop) {
    return read_waiting(open_to_read(path), path, limit_bytes, stop);
}

std::string read_waiting(Fd file, const std::string& name, std::size_t limit_bytes, const StopSource& stop) {
    const auto source = source_of(std::move(file), name, &stop);
    return read_all(*source, limit_bytes, quoted(name));
}

}  // namespace runtime

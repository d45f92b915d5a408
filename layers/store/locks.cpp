#include "layers/store/locks.hpp"

#include <unistd.h>

#include "runtime/sys/file.hpp"

namespace layers {

runtime::FileLock StoreLocks::open(const std::string& name) const {
    runtime::make_folders(folder_, 0700);
    return runtime::FileLock(path(name));
}

void StoreLocks::remove(const std::string& name) const noexcept {
    ::unlink(path(name).c_str());
}

}  // namespace layers

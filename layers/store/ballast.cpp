#include "layers/store/ballast.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <utility>

#include "runtime/sys/fd.hpp"

namespace layers {
namespace {

constexpr unsigned long long plenty = 16;  ///< times its size

bool has_plenty_of_room(const std::string& path) {
    struct statvfs room {};
    return ::statvfs(path.substr(0, path.rfind('/')).c_str(), &room) == 0 &&
           static_cast<unsigned long long>(room.f_bavail) * room.f_frsize > plenty * Ballast::size_bytes;
}

}  // namespace

Ballast::Ballast(std::string path) : path_(std::move(path)) {
    if (::access(path_.c_str(), F_OK) == 0 || !has_plenty_of_room(path_)) return;
    const runtime::Fd file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    // A file system that sets no room aside has none to give back.
    if (file && ::fallocate(file.get(), 0, 0, size_bytes) != 0) ::unlink(path_.c_str());
}

bool Ballast::drop() const noexcept {
    return ::unlink(path_.c_str()) == 0;
}

}  // namespace layers

#include "layers/store/ballast.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/sys/fd.hpp"

namespace layers {
namespace {

constexpr unsigned long long part_of_room = 16;
constexpr unsigned long long least_bytes = 64 << 10;

/// On a small disk less; 0 where there is hardly any room.
unsigned long long size_for(const std::string& path) {
    struct statvfs room {};
    if (::statvfs(path.substr(0, path.rfind('/')).c_str(), &room) != 0) return 0;
    const auto free_bytes = static_cast<unsigned long long>(room.f_bavail) * room.f_frsize;
    const unsigned long long size = std::min(free_bytes / part_of_room, Ballast::most_bytes);
    return size < least_bytes ? 0 : size;
}

}  // namespace

Ballast::Ballast(std::string path) : path_(std::move(path)) {
    fill();
}

void Ballast::fill() const noexcept {
    if (::access(path_.c_str(), F_OK) == 0) return;
    const unsigned long long size = size_for(path_);
    if (size == 0) return;
    const runtime::Fd file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    // A file system that sets no room aside has none to give back.
    if (file && ::fallocate(file.get(), 0, 0, static_cast<off_t>(size)) != 0) ::unlink(path_.c_str());
}

bool Ballast::drop() const noexcept {
    return ::unlink(path_.c_str()) == 0;
}

}  // namespace layers

#include "runtime/emulated/executed_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"

namespace runtime::emulated {
namespace {

bool is_same_file(const Fd& file, const std::string& path) {
    struct stat wanted {};
    struct stat found {};
    return ::fstat(file.get(), &wanted) == 0 && ::stat(path.c_str(), &found) == 0 &&
           std::pair(wanted.st_dev, wanted.st_ino) == std::pair(found.st_dev, found.st_ino);
}

/// Device and inode of a line of /proc/PID/maps, proc(5): "from-to rights offset device inode path". Empty of what is
/// no file.
std::string_view file_in(std::string_view line) {
    std::size_t start = 0;
    for (int fields = 0; fields < 3; ++fields) {
        start = line.find(' ', start);
        if (start == std::string_view::npos) return {};
        ++start;
    }
    const std::size_t inode = line.find(' ', start) + 1;
    const std::size_t end = std::min(line.find(' ', inode), line.size());
    return line.substr(inode, end - inode) == "0" ? std::string_view() : line.substr(start, end - start);
}

/// A page of a file in this process.
class Page {
public:
    explicit Page(const Fd& file)
        : opened_(::open(fd_path(file).c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC)),
          place_(opened_ ? ::mmap(nullptr, 1, PROT_READ, MAP_PRIVATE, opened_.get(), 0) : MAP_FAILED) {}
    ~Page() {
        if (place_ != MAP_FAILED) ::munmap(place_, 1);
    }
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;

    /// How its line of /proc/self/maps begins; empty where it could not be had.
    std::string line_start() const {
        return place_ == MAP_FAILED ? "" : fmt::format("{:08x}-", reinterpret_cast<std::uintptr_t>(place_));
    }

private:
    Fd opened_;
    void* place_;
};

/// How /proc/PID/maps names a file. On some file systems that is another device than stat(2) says, so it is looked up.
std::string name_in_maps(const Fd& file) {
    const Page page(file);
    const std::string start = page.line_start();
    if (start.empty()) return "";
    const std::string maps = read_file_if_exists("/proc/self/maps").value_or("");
    for (const std::string_view line : split(maps, '\n'))
        if (line.starts_with(start)) return std::string(file_in(line));
    return "";
}

}  // namespace

bool runs_only(pid_t thread, const Fd& file) {
    if (!is_same_file(file, fmt::format("/proc/{}/exe", thread))) return false;
    const std::string wanted = name_in_maps(file);
    if (wanted.empty()) return false;
    const std::string maps = read_file_if_exists(fmt::format("/proc/{}/maps", thread)).value_or("");
    bool is_there = false;
    for (const std::string_view line : split(maps, '\n')) {
        const std::string_view mapped = file_in(line);
        if (!mapped.empty() && mapped != wanted) return false;
        is_there = is_there || mapped == wanted;
    }
    return is_there;
}

}  // namespace runtime::emulated

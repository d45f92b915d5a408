#include "registry/podman/published_files.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using runtime::quoted;
using runtime::SystemError;

/// Beside the file, and known as ours; whoever is killed leaves it, and the next one takes it over.
std::string new_name(const std::string& path) {
    return path + ".new";
}

/// What containers-storage writes into a lock: 64 bytes that differ from the last.
void mark_as_written(const std::string& lock_path) {
    constexpr std::size_t mark_bytes = 64;
    std::array<char, mark_bytes> mark{};
    if (::getrandom(mark.data(), mark.size(), 0) < 0) throw SystemError("cannot get random bytes");
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const std::int64_t nanoseconds = std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
    std::memcpy(mark.data(), &nanoseconds, sizeof nanoseconds);
    const runtime::Fd file = runtime::open_path(lock_path, O_WRONLY | O_CREAT, 0600);
    if (::pwrite(file.get(), mark.data(), mark.size(), 0) != static_cast<ssize_t>(mark.size()))
        throw SystemError("cannot write {}", quoted(lock_path));
}

}  // namespace

std::string boot_id() {
    return runtime::read_file_if_exists("/proc/sys/kernel/random/boot_id").value_or("unknown");
}

bool is_layer_id(std::string_view text) noexcept {
    constexpr std::size_t id_length = 64;
    return text.size() == id_length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

long long file_size(const std::string& path) noexcept {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 ? static_cast<long long>(status.st_size) : -1;
}

void make_link(const std::string& target, const std::string& path) {
    if (link_target(path) == target) return;
    const std::string fresh = new_name(path);
    ::unlink(fresh.c_str());
    if (::symlink(target.c_str(), fresh.c_str()) != 0 || ::rename(fresh.c_str(), path.c_str()) != 0)
        throw SystemError("cannot make the link {}", quoted(path));
}

std::string link_target(const std::string& path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    return length < 0 ? "" : std::string(target.data(), static_cast<std::size_t>(length));
}

void write_if_new(const std::string& path, std::string_view text) {
    if (file_size(path) == static_cast<long long>(text.size())) return;
    const std::string fresh = new_name(path);
    {
        const runtime::Fd file = runtime::open_path(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        runtime::write_all(file, text, fresh);
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) throw SystemError("cannot write {}", quoted(path));
}

void replace_table(const std::string& path, std::string_view text, const std::string& lock_path) {
    constexpr std::size_t limit_bytes = 256U << 20;
    if (runtime::read_file_if_exists(path, limit_bytes) == text) return;
    runtime::replace_file(path, text, 0600);
    mark_as_written(lock_path);
}

}  // namespace registry

#include "runtime/sys/file.hpp"

#include <unistd.h>

#include "runtime/base/error.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/waits.hpp"

namespace runtime {

Fd open_path(const std::string& path, int flags, mode_t mode) {
    Fd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
    if (!fd) throw SystemError("cannot open {}", quoted(path));
    return fd;
}

Fd open_at(const Fd& folder, const std::string& name, int flags, mode_t mode) {
    Fd fd(::openat(folder.get(), name.c_str(), flags | O_CLOEXEC, mode));
    if (!fd) throw SystemError("cannot open {}", quoted(name));
    return fd;
}

std::optional<Fd> open_if_exists(const std::string& path, int flags) {
    Fd fd(::open(path.c_str(), flags | O_CLOEXEC));
    if (fd) return fd;
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw SystemError("cannot open {}", quoted(path));
}

struct stat stat_of(const Fd& fd) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw SystemError("cannot read the status of an open file");
    look_up_owner(fd, status);
    return status;
}

std::optional<struct stat> stat_at(const Fd& folder, const std::string& name) {
    struct stat status {};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        look_up_owner_at(folder, name, status);
        return status;
    }
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw SystemError("cannot read the status of {}", quoted(name));
}

std::string read_file(const Fd& file, std::string_view name_for_messages, std::size_t limit_bytes) {
    FileSource source(file.duplicate(), std::string(name_for_messages));
    return read_all(source, limit_bytes, quoted(name_for_messages));
}

std::string read_file(const std::string& path, std::size_t limit_bytes) {
    const auto source = source_of(open_to_read(path), path);
    return read_all(*source, limit_bytes, quoted(path));
}

std::optional<std::string> read_file_if_exists(const std::string& path, std::size_t limit_bytes) {
    auto file = open_if_exists(path, O_RDONLY);
    if (!file) return std::nullopt;
    return read_file(*file, path, limit_bytes);
}

void write_all(const Fd& file, Bytes bytes, std::string_view name_for_messages) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw SystemError("cannot write to {}", quoted(name_for_messages));
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void write_all(const Fd& file, std::string_view text, std::string_view name_for_messages) {
    write_all(file, std::as_bytes(std::span(text.data(), text.size())), name_for_messages);
}

void make_folders(const std::string& path, mode_t mode) {
    if (::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return;
    if (errno != ENOENT) throw SystemError("cannot make the folder {}", quoted(path));
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos || slash == 0) throw SystemError("cannot make the folder {}", quoted(path));
    make_folders(path.substr(0, slash), mode);
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
        throw SystemError("cannot make the folder {}", quoted(path));
}

std::size_t FileSource::read(std::span<std::byte> buffer) {
    for (;;) {
        const ssize_t count = ::read(file_.get(), buffer.data(), buffer.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) throw SystemError("cannot read {}", quoted(name_));
    }
}

}  // namespace runtime

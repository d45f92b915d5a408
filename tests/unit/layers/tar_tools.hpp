// What the tests of tar streams share: making trees, running the tools that others use, looking at results.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers::testing {

inline bool is_root() {
    return ::geteuid() == 0;
}

/// The standard output of a shell command; throws Error where it fails.
inline std::string run_shell(const std::string& command) {
    struct Closer {
        void operator()(FILE* file) const noexcept {
            if (file != nullptr) ::pclose(file);
        }
    };
    std::unique_ptr<FILE, Closer> pipe(::popen(command.c_str(), "re"));
    std::string output;
    std::array<char, 4096> buffer;
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
        output.append(buffer.data(), count);
    if (const int status = ::pclose(pipe.release()); status != 0)
        throw runtime::Error("{} ended with status {}: {}", command, status, output);
    return output;
}

inline bool has_program(const std::string& name) {
    return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

inline void write_file(const std::string& path, std::string_view text, mode_t mode = 0644) {
    const runtime::Fd file = runtime::open_path(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    runtime::write_all(file, text, path);
    if (::fchmod(file.get(), mode) != 0) throw runtime::SystemError("chmod {}", path);
}

inline void make_folder(const std::string& path, mode_t mode = 0755) {
    runtime::make_folders(path);
    if (::chmod(path.c_str(), mode) != 0) throw runtime::SystemError("chmod {}", path);
}

inline void set_mtime(const std::string& path, timespec time) {
    const std::array<timespec, 2> times{time, time};
    if (::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
        throw runtime::SystemError("utimensat {}", path);
}

inline struct stat status(const std::string& path) {
    struct stat result {};
    if (::lstat(path.c_str(), &result) != 0) throw runtime::SystemError("lstat {}", path);
    return result;
}

inline runtime::Fd open_folder(const std::string& path) {
    return runtime::open_path(path, O_RDONLY | O_DIRECTORY);
}

/// The names in a tar stream, in its order, as GNU tar reads them.
inline std::string tar_names(const std::string& archive) {
    return run_shell("tar --quoting-style=escape -tf " + archive);
}

}  // namespace layers::testing

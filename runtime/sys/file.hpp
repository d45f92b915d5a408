// Whole files: opening, reading, writing, atomic replacement.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/stream.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime {

/// Opens a path, close-on-exec; flags as of open(2). Throws SystemError naming the path.
Fd open_path(const std::string& path, int flags, mode_t mode = 0);
/// The same below a folder.
Fd open_at(const Fd& folder, const std::string& name, int flags, mode_t mode = 0);
/// The same, but nothing where it does not exist (ENOENT, ENOTDIR).
std::optional<Fd> open_if_exists(const std::string& path, int flags);

/// Owners are those that the images mean, see ownership.hpp.
struct stat stat_of(const Fd& fd);
/// The status of a name in a folder, links not followed; nothing where it does not exist.
std::optional<struct stat> stat_at(const Fd& folder, const std::string& name);

/// The whole text of a file; throws Error where it is larger than limit_bytes.
std::string read_file(const std::string& path, std::size_t limit_bytes = 64U << 20);
std::string read_file(const Fd& file, std::string_view name_for_messages, std::size_t limit_bytes = 64U << 20);
std::optional<std::string> read_file_if_exists(const std::string& path, std::size_t limit_bytes = 64U << 20);

/// Writes all bytes or throws SystemError; short writes and EINTR are handled.
void write_all(const Fd& file, Bytes bytes, std::string_view name_for_messages);
void write_all(const Fd& file, std::string_view text, std::string_view name_for_messages);

/// Makes the file's content this text, whole or not at all: temporary name beside it, fsync, rename.
void replace_file(const std::string& path, std::string_view text, mode_t mode = 0644);

/// Makes a folder and its missing parents. Existing ones are left as they are.
void make_folders(const std::string& path, mode_t mode = 0755);

class FileSource final : public Source {
public:
    /// Reads from the current position of the descriptor, which it takes over.
    FileSource(Fd file, std::string name_for_messages) : file_(std::move(file)), name_(std::move(name_for_messages)) {}
    std::size_t read(std::span<std::byte> buffer) override;

private:
    Fd file_;
    std::string name_;
};

class FileSink final : public Sink {
public:
    using Sink::write;
    FileSink(Fd file, std::string name_for_messages) : file_(std::move(file)), name_(std::move(name_for_messages)) {}
    void write(Bytes bytes) override { write_all(file_, bytes, name_); }
    Fd& file() noexcept { return file_; }

private:
    Fd file_;
    std::string name_;
};

}  // namespace runtime

// Records of builds: files below builds/ of a store, beside its database, so that a build which changes nothing writes
// nothing into that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layers/store/store_location.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/file_lock.hpp"

namespace layers {

/// A record: "TIME-ID-SUBJECT.events" and, where its steps printed something, ".log". What is in them belongs to
/// builder/engine/record.
struct BuildFile {
    std::string id;             ///< 12 hex digits, at random
    std::string subject;        ///< 16 hex digits, the same for builds of the same thing
    std::int64_t started_us{};  ///< microseconds since 1970
    std::string path;           ///< of both files, without the ending
    std::string events_path() const { return path + ".events"; }
    std::string log_path() const { return path + ".log"; }
};

/// A record that is being written. Its files are made with the first text that is added. Not thread-safe. What is
/// written is not flushed: after a power cut the newest records may be cut off or gone.
class NewBuildFile {
public:
    const BuildFile& file() const noexcept { return file_; }
    /// Both append. Throw Error.
    void add_events(std::string_view text);
    void add_log(std::string_view text);

private:
    friend class BuildFiles;
    NewBuildFile(std::string folder, BuildFile file) : folder_(std::move(folder)), file_(std::move(file)) {}
    void open();
    std::string folder_;
    BuildFile file_;
    runtime::FileLock lock_;  ///< on the events: the build runs
    runtime::Fd events_;
    runtime::Fd log_;
};

/// Thread-safe. Files of others in the folder are left alone.
class BuildFiles {
public:
    explicit BuildFiles(const StoreLocation& location) : folder_(location.root + "/builds") {}

    /// Writes nothing yet.
    NewBuildFile create(const std::string& subject, std::int64_t started_us) const;
    /// The newest first.
    std::vector<BuildFile> list() const;
    /// The bytes of a record that is there; nothing where it was removed meanwhile. Throws Error.
    std::optional<std::string> read_events(const BuildFile& file) const;
    /// Nothing where the steps printed nothing.
    std::optional<runtime::Fd> open_log(const BuildFile& file) const;
    /// Whether the process that writes it still lives.
    bool is_running(const BuildFile& file) const;
    void remove(const BuildFile& file) const;
    /// Removes the oldest records, and the oldest lists of files, above so many; those of builds that run stay.
    void keep_newest(std::size_t count) const;
    std::int64_t bytes_of(const BuildFile& file) const;

    /// Lists of the files that steps read, by a name of hex digits. Failures to keep one are ignored: without it a
    /// reason says less. What load_tree() gives may be cut off.
    bool has_tree(const std::string& name) const noexcept;
    void save_tree(const std::string& name, std::string_view text) const noexcept;
    std::optional<std::string> load_tree(const std::string& name) const noexcept;

private:
    std::string folder_;
};

}  // namespace layers

// What is seen where in a container for which nothing can be mounted: a table that path walks go by.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/emulated/stand_ins.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

/// A file or folder of this machine that stands at a path of the container.
struct Mount {
    enum class Kind {
        files,      ///< as they are
        processes,  ///< /proc, of which a step sees its own processes
        terminals,  ///< /dev/pts, of which a step sees those that it opened
    };
    std::string target;  ///< in the container, without links, "." and ".."; empty for the root
    Fd place;            ///< O_PATH
    std::string source;  ///< the path of the place on this machine
    bool read_only = false;
    bool is_folder = true;
    bool no_execute = false;
    Kind kind = Kind::files;
};

class MountTable {
public:
    /// The root of the container.
    explicit MountTable(const Fd& root);

    /// A later one hides what an earlier one shows at its target and below. Throws SystemError.
    Mount& add(std::string target, const Fd& place);
    /// Paths that only be read, and those that are not there, whatever they are on.
    void protect(const std::string& path) { read_only_.push_back(path); }
    void mask(const std::string& path) { masked_.push_back(path); }

    /// A terminal of /dev/pts that the step has made and still holds. Its file is kept, not its number, which may be
    /// somebody else's later.
    void show_terminal(unsigned number);
    /// O_PATH; nothing for terminals of others.
    const Fd* terminal(unsigned number) const;

    /// Descriptors of the step that stand for others.
    StandIns& stand_ins() noexcept { return stand_ins_; }
    const StandIns& stand_ins() const noexcept { return stand_ins_; }

    const std::vector<Mount>& all() const noexcept { return mounts_; }
    const Mount& root() const noexcept { return mounts_.front(); }
    /// What stands right at a path; nothing where that is an ordinary file.
    const Mount* at(std::string_view path) const noexcept;
    /// What a path lies on.
    const Mount& below(std::string_view path) const noexcept;
    /// Whether anything but the root is at the path or at a folder above it.
    bool is_above(std::string_view path) const noexcept { return &below(path) != &root(); }
    bool has_below(std::string_view path) const noexcept;
    bool is_masked(std::string_view path) const noexcept;
    bool is_read_only(const Mount& mount, std::string_view path) const noexcept;

    /// The path in the container of one on this machine; nothing for what the container cannot see.
    std::optional<std::string> path_in_container(const std::string& path) const;

private:
    std::vector<Mount> mounts_;
    std::vector<std::string> read_only_;
    std::vector<std::string> masked_;
    std::map<unsigned, Fd> terminals_;
    StandIns stand_ins_;
};

/// Whether a path is another one or lies below it.
bool is_within(std::string_view path, std::string_view folder) noexcept;

/// Where a descriptor's file is on this machine, as /proc tells it. Throws Refusal.
std::string path_of_descriptor(const Fd& file);

/// The same without what the kernel adds where the file has lost its name.
std::string path_without_mark(std::string path);

}  // namespace runtime::emulated

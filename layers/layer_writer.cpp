#include "layers/layer_writer.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "layers/layer_names.hpp"
#include "layers/tar_writer.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/data_range.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/xattr.hpp"

namespace layers {
namespace {

constexpr std::size_t smallest_read_bytes = 64 * 1024;

bool is_later(const timespec& left, const timespec& right) noexcept {
    return std::pair(left.tv_sec, left.tv_nsec) > std::pair(right.tv_sec, right.tv_nsec);
}

class LayerWalk {
public:
    LayerWalk(runtime::Sink& out, const LayerWriteOptions& options) : options_(options), writer_(out) {}

    LayerStatistics run(const runtime::Fd& diff_folder) {
        const runtime::Fd root = runtime::open_at(diff_folder, ".", O_RDONLY | O_DIRECTORY);
        const bool is_opaque = describe(runtime::stat_of(root), runtime::read_xattrs(root), root);
        entry_.type = TarType::folder;
        entry_.path = "./";
        if (options_.include_root) begin();
        write_children(root, is_opaque);
        writer_.finish();
        return {entries_, writer_.bytes()};
    }

private:
    /// path_ is the folder's with a "/" at its end, or empty for the root.
    void write_children(const runtime::Fd& folder, bool is_opaque) {
        if (is_opaque) write_marker(opaque_marker);
        for (const runtime::FolderEntry& child : runtime::list_folder(folder)) {
            const std::size_t length = path_.size();
            path_ += child.name;
            write_child(folder, child);
            path_.resize(length);
        }
    }

    void write_child(const runtime::Fd& folder, const runtime::FolderEntry& child) {
        if (child.name.starts_with(whiteout_prefix))
            throw runtime::Error("{} cannot be in a layer, where {} at the start of a name means a deleted file",
                                 runtime::quoted(path_), whiteout_prefix);
        unsigned char type = child.type;
        if (type == DT_UNKNOWN) type = type_of(folder, child.name);
        if (type == DT_DIR) return write_folder(folder, child.name);
        if (type == DT_REG) return write_file(folder, child.name);
        write_special(folder, child.name);
    }

    unsigned char type_of(const runtime::Fd& folder, const std::string& name) const {
        return static_cast<unsigned char>(IFTODT(status_of(folder, name).st_mode));
    }

    struct stat status_of(const runtime::Fd& folder, const std::string& name) const {
        const auto status = runtime::stat_at(folder, name);
        if (!status) throw changed();
        return *status;
    }

    void write_folder(const runtime::Fd& parent, const std::string& name) {
        const runtime::WalkLevel level;
        const runtime::Fd folder = open(parent, name, O_DIRECTORY);
        path_ += '/';
        const bool is_opaque = describe(runtime::stat_of(folder), runtime::read_xattrs(folder), folder);
        entry_.type = TarType::folder;
        begin();
        write_children(folder, is_opaque);
    }

    void write_file(const runtime::Fd& folder, const std::string& name) {
        const runtime::Fd file = open(folder, name, O_NONBLOCK);
        const struct stat status = runtime::stat_of(file);
        if (!S_ISREG(status.st_mode)) throw changed();
        if (write_as_link(status)) return;
        describe(status, runtime::read_xattrs(file), file);
        entry_.type = TarType::file;
        entry_.size = static_cast<std::uint64_t>(status.st_size);
        begin();
        write_content(file, status);
    }

    void write_special(const runtime::Fd& folder, const std::string& name) {
        const struct stat status = status_of(folder, name);
        if (overlay::is_whiteout(status)) return write_whiteout(name);
        if (S_ISSOCK(status.st_mode)) return;
        if (write_as_link(status)) return;
        describe(status, runtime::read_xattrs_at(folder, name), folder);
        switch (status.st_mode & S_IFMT) {
            case S_IFLNK:
                entry_.type = TarType::symbolic_link;
                break;
            case S_IFCHR:
                entry_.type = TarType::character_device;
                break;
            case S_IFBLK:
                entry_.type = TarType::block_device;
                break;
            case S_IFIFO:
                entry_.type = TarType::fifo;
                break;
            default:
                throw changed();
        }
        if (S_ISLNK(status.st_mode)) entry_.link_target = read_link(folder, name, status);
        if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
            entry_.device_major = ::major(status.st_rdev);
            entry_.device_minor = ::minor(status.st_rdev);
        }
        begin();
    }

    void write_whiteout(const std::string& name) {
        path_.resize(path_.size() - name.size());
        write_marker(std::string(whiteout_prefix) + name);
        path_ += name;
    }

    /// An entry that stands for a deletion. It has no owner, mode or time of its own, so that all are alike.
    void write_marker(std::string_view name) {
        entry_ = {};
        if (options_.rewrite_all_mtimes && options_.clamp_mtime) entry_.mtime = *options_.clamp_mtime;
        const std::size_t length = path_.size();
        path_ += name;
        begin();
        path_.resize(length);
    }

    /// Whether the file has been written under an earlier name; then it is now written as a link to that.
    bool write_as_link(const struct stat& status) {
        if (status.st_nlink < 2) return false;
        const auto [first, is_new] = first_names_.try_emplace({status.st_dev, status.st_ino}, path_);
        if (is_new) return false;
        describe(status, {}, runtime::Fd());
        entry_.type = TarType::hard_link;
        entry_.link_target = first->second;
        begin();
        return true;
    }

    void begin() {
        if (!path_.empty()) entry_.path = path_;
        if (options_.on_entry) {
            writer_.flush();  // What the sink gets from now on is of this entry.
            options_.on_entry(entry_.path);
        }
        writer_.begin(entry_);
        ++entries_;
    }

    /// Fills the entry with what all types have. Returns whether the marks say that it is an opaque folder.
    bool describe(const struct stat& status, runtime::Xattrs xattrs, const runtime::Fd& file) {
        entry_ = {};
        entry_.mode = status.st_mode & 07777;
        entry_.mtime = status.st_mtim;
        if (options_.clamp_mtime && (options_.rewrite_all_mtimes || is_later(entry_.mtime, *options_.clamp_mtime)))
            entry_.mtime = *options_.clamp_mtime;
        Owner owner{status.st_uid, status.st_gid};
        if (options_.map_owner) owner = options_.map_owner(owner);
        entry_.uid = owner.uid;
        entry_.gid = owner.gid;
        if (xattrs.empty()) return false;
        const bool has_marks = refuse_partial_content(xattrs);
        std::erase_if(xattrs, [](const auto& xattr) {
            return overlay::is_overlay_xattr(xattr.first) || stays_on_machine(xattr.first);
        });
        entry_.xattrs = std::move(xattrs);
        return has_marks && S_ISDIR(status.st_mode) && overlay::is_opaque(file, options_.marks);
    }

    /// Whether there are marks of overlayfs at all. Those that refer to lower layers cannot be put into a layer.
    bool refuse_partial_content(const runtime::Xattrs& xattrs) const {
        const std::string_view prefix =
            options_.marks == overlay::MarkNamespace::trusted ? "trusted.overlay." : "user.overlay.";
        bool has_marks = false;
        for (const auto& xattr : xattrs) {
            const std::string_view name = xattr.first;
            if (!name.starts_with(prefix)) continue;
            has_marks = true;
            const std::string_view mark = name.substr(prefix.size());
            if (mark == "redirect" || mark == "metacopy")
                throw runtime::Error("{} has a part of its content in a lower layer (overlayfs mark {})",
                                     runtime::quoted(path_), runtime::quoted(mark))
                    .with_hint("mount the overlay with redirect_dir=off,metacopy=off");
        }
        return has_marks;
    }

    runtime::Fd open(const runtime::Fd& folder, const std::string& name, int flags) const {
        constexpr int common = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;
        // Reading must not make the file system write new access times; only owners and root may ask for that.
        runtime::Fd file(::openat(folder.get(), name.c_str(), common | flags | O_NOATIME));
        if (!file && errno == EPERM) file = runtime::Fd(::openat(folder.get(), name.c_str(), common | flags));
        if (!file) throw runtime::SystemError("cannot open {} of the layer", runtime::quoted(path_));
        return file;
    }

    std::string read_link(const runtime::Fd& folder, const std::string& name, const struct stat& status) const {
        std::string target(static_cast<std::size_t>(status.st_size) + 1, '\0');
        const ssize_t length = ::readlinkat(folder.get(), name.c_str(), target.data(), target.size());
        if (length < 0) throw runtime::SystemError("cannot read the link {}", runtime::quoted(path_));
        if (length != status.st_size) throw changed();
        target.resize(static_cast<std::size_t>(length));
        return target;
    }

    void write_content(const runtime::Fd& file, const struct stat& status) {
        const off_t size = status.st_size;
        const bool has_holes = status.st_blocks * 512 < size;
        for (off_t position = 0; position < size;) {
            off_t end = size;
            if (has_holes) {
                const runtime::DataRange data = runtime::next_data(file, position, size);
                writer_.write_zeros(static_cast<std::uint64_t>(data.begin - position));
                position = data.begin;
                end = data.end;
            }
            read_range(file, position, end, end == size);
            position = end;
        }
    }

    /// The last read asks for one byte more than there should be, which shows a growing file at no cost.
    void read_range(const runtime::Fd& file, off_t begin, off_t end, bool is_last) {
        while (begin < end) {
            const auto left = static_cast<std::size_t>(end - begin);
            const std::size_t wanted = left + (is_last ? 1 : 0);
            std::span<std::byte> place = writer_.room(std::min(wanted, smallest_read_bytes));
            place = place.first(std::min(wanted, place.size()));
            const ssize_t count = ::pread(file.get(), place.data(), place.size(), begin);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw runtime::SystemError("cannot read {}", runtime::quoted(path_));
            if (count == 0 || static_cast<std::size_t>(count) > left) throw changed();
            writer_.advance(static_cast<std::size_t>(count));
            begin += count;
        }
    }

    runtime::Error changed() const {
        return runtime::Error("{} changed while the layer was written", runtime::quoted(path_));
    }

    const LayerWriteOptions& options_;
    TarWriter writer_;
    std::uint64_t entries_ = 0;
    std::string path_;
    TarEntry entry_;
    std::map<std::pair<dev_t, ino_t>, std::string> first_names_;
};

}  // namespace

LayerStatistics write_layer_tar(const runtime::Fd& diff_folder, runtime::Sink& out, const LayerWriteOptions& options) {
    return LayerWalk(out, options).run(diff_folder);
}

}  // namespace layers

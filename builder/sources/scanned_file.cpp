#include "builder/sources/scanned_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Fd;
using runtime::quoted;

bool same_time(const timespec& left, const timespec& right) {
    return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

}  // namespace

runtime::Error changed_meanwhile(const SourceNode& node) {
    runtime::Error error("{} changed while it was being copied", quoted(node.name));
    error.with_hint("run the build again when nothing writes to it");
    return error;
}

Fd open_scanned(const Fd& folder, const SourceNode& node) {
    return runtime::open_at(folder, node.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

bool looks_as_scanned(const SourceNode& node, const Fd& source) {
    const struct stat status = runtime::stat_of(source);
    return status.st_ino == node.inode && status.st_size == node.size_bytes && same_time(status.st_mtim, node.modified);
}

bool is_as_scanned(const SourceNode& node, const Fd& source) {
    return node.is_settled && same_time(runtime::stat_of(source).st_ctim, node.changed);
}

bool is_copy_of_scanned(const SourceNode& node, const Fd& source, const Fd& copy, const runtime::Xattrs& xattrs) {
    if (is_as_scanned(node, source)) return true;
    if (::lseek(copy.get(), 0, SEEK_SET) != 0) throw runtime::SystemError("cannot read {} again", quoted(node.name));
    return has_scanned_content(node, copy, xattrs);
}

}  // namespace builder

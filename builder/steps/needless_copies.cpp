#include "builder/steps/needless_copies.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "builder/steps/image_users.hpp"
#include "builder/syntax/human_size.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/ownership.hpp"

namespace builder {
namespace {

constexpr std::int64_t worth_telling_bytes = 10'000'000;

bool has_same_content(const struct stat& left, const struct stat& right) {
    return left.st_size == right.st_size && left.st_mtim.tv_sec == right.st_mtim.tv_sec &&
           left.st_mtim.tv_nsec == right.st_mtim.tv_nsec;
}

bool has_same_looks(const struct stat& left, const struct stat& right) {
    return left.st_mode == right.st_mode && left.st_uid == right.st_uid && left.st_gid == right.st_gid;
}

/// Nothing also where a file stands in the place of a folder on the way.
std::optional<overlay::MergedEntry> find_below(const overlay::LayeredView& below, const std::string& path) {
    try {
        return below.find(path, false);
    } catch (const runtime::Error&) {
        return std::nullopt;
    }
}

bool changes_looks(const std::string& step) {
    for (const char* word : {"chmod", "chown", "chgrp"})
        if (step.find(word) != std::string::npos) return true;
    return false;
}

}  // namespace

NeedlessCopies count_needless_copies(const runtime::Fd& upper, const overlay::LayeredView& below) {
    NeedlessCopies copies;
    visit_paths(upper, [&](const std::string& path, const struct stat& now) {
        if (!S_ISREG(now.st_mode)) return;
        const auto before = find_below(below, path);
        if (!before || !S_ISREG(before->status.st_mode) || !has_same_content(now, before->status)) return;
        if (has_same_looks(now, before->status)) return;
        ++copies.files;
        copies.bytes += now.st_size;
    });
    return copies;
}

std::string advice_on_copies(const std::string& step, const runtime::Fd& upper, const overlay::LayeredView& below) {
    // Where owners stand beside the files, a change of them copies nothing.
    if (!changes_looks(step) || runtime::owners_are_aside()) return "";
    const NeedlessCopies copies = count_needless_copies(upper, below);
    if (copies.bytes < worth_telling_bytes) return "";
    return fmt::format(
        "{} changed only the owner or mode of {} file{}, which are in the image once more: {}. "
        "COPY --chown and --chmod set them as files come in",
        step, copies.files, copies.files == 1 ? "" : "s", human_size(copies.bytes));
}

}  // namespace builder

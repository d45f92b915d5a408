#include "runtime/emulated/told_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "runtime/emulated/path_walk.hpp"
#include "runtime/emulated/refusal.hpp"
#include "runtime/sys/file.hpp"

namespace runtime::emulated {
namespace {

const char* type_of(const Mount& mount) {
    if (mount.target.empty()) return "builder";
    if (mount.kind == Mount::Kind::processes) return "proc";
    if (mount.kind == Mount::Kind::terminals) return "devpts";
    return mount.target == "/sys" ? "sysfs" : "none";
}

/// A line a mount, as of /proc/PID/mounts or, with numbers, of /proc/PID/mountinfo; proc(5).
std::string list_mounts(const MountTable& mounts, bool with_numbers) {
    std::string text;
    unsigned number = 1;
    for (const Mount& mount : mounts.all()) {
        const std::string target = mount.target.empty() ? "/" : mount.target;
        const char* const type = type_of(mount);
        const char* const way = mount.read_only ? "ro" : "rw";
        if (with_numbers)
            text += fmt::format("{} {} 0:{} / {} {} - {} {} {}\n", number, number == 1 ? 0 : 1, number, target, way,
                                type, type, way);
        else
            text += fmt::format("{} {} {} {} 0 0\n", type, target, type, way);
        ++number;
    }
    return text;
}

/// The text with the paths of this machine at the ends of its lines as those of the container.
std::string translate_paths(const MountTable& mounts, std::string_view text) {
    std::string told;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto path = line.find('/');
        const auto inside =
            path == std::string_view::npos ? std::nullopt : mounts.path_in_container(std::string(line.substr(path)));
        told.append(line.substr(0, inside ? path : line.size())).append(inside.value_or("")).push_back('\n');
    }
    return told;
}

std::string text_of(const Place& place) {
    const Fd file = open_place(place, O_RDONLY);
    return read_file(file, place.path);
}

}  // namespace

std::optional<Fd> told_instead(const MountTable& mounts, const Place& place) {
    if (place.mount->kind != Mount::Kind::processes || place.is_foreign) return std::nullopt;
    std::string text;
    if (place.name == "mounts" || place.name == "mountinfo")
        text = list_mounts(mounts, place.name == "mountinfo");
    else if (place.name == "maps" || place.name == "smaps")
        text = translate_paths(mounts, text_of(place));
    else
        return std::nullopt;
    Fd file(checked(::memfd_create(place.name.c_str(), MFD_CLOEXEC)));
    write_all(file, text, place.path);
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

}  // namespace runtime::emulated

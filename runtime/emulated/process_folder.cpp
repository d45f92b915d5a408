#include "runtime/emulated/process_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "runtime/emulated/path_walk.hpp"
#include "runtime/emulated/refusal.hpp"
#include "runtime/sys/file.hpp"

namespace runtime::emulated {
namespace {

std::optional<int> number_in(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

/// The next name of a path with a slash in front, which is taken off.
std::string_view take_name(std::string_view& path) {
    if (path.empty()) return {};
    const std::string_view name = path.substr(1, path.find('/', 1) - 1);
    path.remove_prefix(1 + name.size());
    return name;
}

ProcessEntry no_entry() {
    ProcessEntry entry;
    return entry;
}

ProcessEntry link_to(std::string text) {
    ProcessEntry entry;
    entry.kind = ProcessEntry::Kind::link;
    entry.text = std::move(text);
    return entry;
}

ProcessEntry leading_to(const MountTable& mounts, const Asker& asker, const Fd& file) {
    ProcessEntry entry;
    entry.kind = ProcessEntry::Kind::file;
    entry.target.folder = Fd(checked(::fcntl(file.get(), F_DUPFD_CLOEXEC, 3)));
    const auto path = mounts.path_in_container(path_of_descriptor(file));
    if (!path) throw Refusal{EACCES};
    entry.target.path = *path;
    entry.target.mount = &mounts.below(*path);
    entry.target.is_mount_point = entry.target.mount->target == *path;
    entry.text = path_for(*asker.process, *path);
    return entry;
}

ProcessEntry own_link(const MountTable& mounts, const Asker& asker, const Process& process, const std::string& name) {
    if (name == "map_files" || name == "ns") throw Refusal{EACCES};
    if (name == "cwd") return leading_to(mounts, asker, *process.folder);
    if (name == "root") return leading_to(mounts, asker, *process.root);
    if (name != "exe") return no_entry();
    if (!process.program_file) throw Refusal{ENOENT};
    ProcessEntry entry = leading_to(mounts, asker, *process.program_file);
    entry.text = path_for(*asker.process, process.program);
    return entry;
}

/// The text of a link in /proc. Throws Refusal.
std::string link_text(const std::string& path) {
    std::array<char, 4097> text;
    const ssize_t length = ::readlink(path.c_str(), text.data(), text.size());
    if (length < 0) throw Refusal{errno == ENOENT ? EBADF : errno};
    return {text.data(), static_cast<std::size_t>(length)};
}

/// The number behind a name in a text of fdinfo, proc(5); nothing where it has no such line.
std::optional<std::uint64_t> fact_in(const std::string& text, std::string_view name, int base) {
    const auto line = text.find(name);
    const auto digits = line == std::string::npos ? line : text.find_first_of("0123456789", line);
    if (digits == std::string::npos) return std::nullopt;
    std::uint64_t number = 0;
    std::from_chars(text.data() + digits, text.data() + text.size(), number, base);
    return number;
}

/// How a descriptor was opened. It must still be the file that was opened through it: one that came read-only is not to
/// be opened for writing because another one took its number.
int access_of_descriptor(pid_t thread, int descriptor, const Fd& opened) {
    const auto theirs = read_file_if_exists(fmt::format("/proc/{}/fdinfo/{}", thread, descriptor));
    const auto ours = read_file_if_exists(fmt::format("/proc/self/fdinfo/{}", opened.get()));
    const auto flags = theirs ? fact_in(*theirs, "flags:", 8) : std::nullopt;
    if (!flags || !ours) throw Refusal{EBADF};
    for (const std::string_view name : {"ino:", "mnt_id:"})
        if (fact_in(*theirs, name, 10) != fact_in(*ours, name, 10)) throw Refusal{EBADF};
    return static_cast<int>(*flags) & O_ACCMODE;
}

ProcessEntry descriptor_link(const MountTable& mounts, const Asker& asker, pid_t thread, int descriptor) {
    ProcessEntry entry;
    entry.kind = ProcessEntry::Kind::file;
    try {
        entry.target = place_of_descriptor(mounts, thread, descriptor);
    } catch (const Refusal& refusal) {
        throw Refusal{refusal.number == EBADF ? ENOENT : refusal.number};
    }
    entry.text = entry.target.is_foreign ? link_text(fmt::format("/proc/{}/fd/{}", thread, descriptor))
                                         : path_for(*asker.process, entry.target.path);
    return entry;
}

}  // namespace

Place place_of_descriptor(const MountTable& mounts, pid_t thread, int descriptor) {
    if (descriptor < 0) throw Refusal{EBADF};
    const std::string link = fmt::format("/proc/{}/fd/{}", thread, descriptor);
    Place place;
    place.folder = Fd(::open(link.c_str(), O_PATH | O_CLOEXEC));
    if (!place.folder) throw Refusal{errno == ENOENT ? EBADF : errno};
    // Of what was opened, not of the number, which may be another file's by now.
    const std::string path = path_without_mark(path_of_descriptor(place.folder));
    if (const auto* const kept = mounts.stand_ins().find(path)) {
        place.folder = Fd(checked(::fcntl(kept->file->get(), F_DUPFD_CLOEXEC, 3)));
        place.path = kept->path;
        place.mount = &mounts.below(place.path);
        return place;
    }
    const auto inside = path.starts_with("/") ? mounts.path_in_container(path) : std::nullopt;
    place.is_foreign = !inside;
    if (place.is_foreign) place.foreign_access = access_of_descriptor(thread, descriptor, place.folder);
    place.path = inside.value_or("");
    place.mount = &mounts.below(place.path);
    place.is_mount_point = inside && place.mount->target == place.path;
    return place;
}

ProcessEntry look_up_process_entry(const MountTable& mounts, const ProcessTable& processes, const Asker& asker,
                                   std::string_view inside, const std::string& name) {
    const pid_t own = asker.process->number;
    if (inside.empty()) {
        if (name == "self") return link_to(std::to_string(own));
        if (name == "thread-self") return link_to(fmt::format("{}/task/{}", own, asker.thread));
        if (const auto number = number_in(name); number && !processes.knows(*number)) throw Refusal{ENOENT};
        return no_entry();
    }
    const auto number = number_in(take_name(inside));
    if (!number) return no_entry();
    pid_t thread = *number;
    if (inside == "/task") {
        if (const auto one = number_in(name); !one || !processes.knows(*one)) throw Refusal{ENOENT};
        return no_entry();
    }
    if (inside.starts_with("/task/")) {
        take_name(inside);
        thread = number_in(take_name(inside)).value_or(0);
    }
    if (!processes.knows(thread)) throw Refusal{ENOENT};
    if (inside.empty()) return own_link(mounts, asker, processes.of(thread), name);
    const auto descriptor = inside == "/fd" ? number_in(name) : std::nullopt;
    return descriptor ? descriptor_link(mounts, asker, thread, *descriptor) : no_entry();
}

}  // namespace runtime::emulated

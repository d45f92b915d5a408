// Extended attributes, without those that note owners. xattr(7).
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/emulated/emulation.hpp"
#include "runtime/sys/ownership.hpp"

namespace runtime::emulated {
namespace {

constexpr std::size_t largest_value = 65536;

/// A path by which the kernel finds the place, and whether its end may be a link that is meant itself.
std::string path_of(const Place& place) {
    return place.name.empty() ? fd_path(place.folder) : fd_path(place.folder) + "/" + place.name;
}

/// The l… calls are right for a name: what was to be followed has been.
bool is_itself(const Place& place) {
    return place.name.empty();
}

/// Capabilities of programs are set by nobody here, but noted.
bool is_noted(std::string_view name) {
    return name == "security.capability" && owners_are_aside();
}

std::string name_of(const Call& call) {
    std::string name = call.memory.read_text(call.given[1], 256);
    if (is_owner_record(name)) throw Refusal{ENODATA};
    return is_noted(name) ? capability_note : name;
}

Reply give(const Call& call, const char* bytes, std::size_t size, std::size_t buffer) {
    const std::uint64_t room = call.given.at(buffer + 1);
    if (room != 0) {
        if (room < size) throw Refusal{ERANGE};
        call.memory.write(call.given.at(buffer), bytes, size);
    }
    return {static_cast<std::int64_t>(size)};
}

Reply read_value(const Call& call, const Place& place) {
    const std::string name = name_of(call);
    std::vector<char> value(largest_value);
    const std::string path = path_of(place);
    const int size = checked(is_itself(place) ? ::getxattr(path.c_str(), name.c_str(), value.data(), value.size())
                                              : ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size()));
    return give(call, value.data(), static_cast<std::size_t>(size), 2);
}

Reply list_names(const Call& call, const Place& place) {
    std::vector<char> all(largest_value);
    const std::string path = path_of(place);
    const int size = checked(is_itself(place) ? ::listxattr(path.c_str(), all.data(), all.size())
                                              : ::llistxattr(path.c_str(), all.data(), all.size()));
    std::string kept;
    for (std::string_view rest(all.data(), static_cast<std::size_t>(size)); !rest.empty();) {
        const std::string_view name = rest.substr(0, rest.find('\0'));
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
        if (name == capability_note && owners_are_aside())
            kept.append("security.capability").push_back('\0');
        else if (!is_owner_record(name))
            kept.append(name).push_back('\0');
    }
    return give(call, kept.data(), kept.size(), 1);
}

/// The mode that an access control list says, where it says no more than that; acl(5), and the form is that of
/// linux/posix_acl_xattr.h. The file system must not get it as it is: see set_mode().
std::optional<mode_t> mode_of_list(const std::vector<char>& value) {
    struct Entry {
        std::uint16_t tag;
        std::uint16_t rights;
        std::uint32_t id;
    };
    constexpr std::size_t header_bytes = 4;
    if (value.size() != header_bytes + 3 * sizeof(Entry)) return std::nullopt;
    std::array<Entry, 3> entries{};
    std::memcpy(entries.data(), value.data() + header_bytes, sizeof entries);
    mode_t mode = 0;
    for (const Entry& entry : entries) {
        const unsigned place = entry.tag == 0x01 ? 6 : entry.tag == 0x04 ? 3 : 0;
        mode |= static_cast<mode_t>(entry.rights & 7U) << place;
    }
    return mode;
}

Reply write_list(const Place& place, const std::vector<char>& value) {
    const auto mode = mode_of_list(value);
    if (!mode) throw Refusal{EOPNOTSUPP};
    const mode_t wanted = (status_of(place).st_mode & 07000) | *mode;
    const int number =
        place.name.empty() ? set_mode(place.folder, wanted) : set_mode_at(place.folder, place.name, wanted);
    if (number != 0) throw Refusal{number};
    return {};
}

Reply write_value(const Call& call, const Place& place) {
    std::string name = call.memory.read_text(call.given[1], 256);
    if (is_owner_record(name)) throw Refusal{EPERM};
    if (is_noted(name)) name = capability_note;
    if (name == capability_note && !call.is_root()) throw Refusal{EPERM};
    if (call.given[3] > largest_value) throw Refusal{E2BIG};
    if (place.is_foreign) throw Refusal{EPERM};
    require_writable(call, place);
    std::vector<char> value(call.given[3]);
    call.memory.read(call.given[2], value.data(), value.size());
    if (name == "system.posix_acl_access" && modes_are_aside()) return write_list(place, value);
    const std::string path = path_of(place);
    checked(is_itself(place) ? ::setxattr(path.c_str(), name.c_str(), value.data(), value.size(), call.flags(4))
                             : ::lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), call.flags(4)));
    return {};
}

Reply remove_value(const Call& call, const Place& place) {
    const std::string name = name_of(call);
    if (place.is_foreign) throw Refusal{EPERM};
    require_writable(call, place);
    const std::string path = path_of(place);
    checked(is_itself(place) ? ::removexattr(path.c_str(), name.c_str()) : ::lremovexattr(path.c_str(), name.c_str()));
    return {};
}

using OnPlace = Reply (*)(const Call&, const Place&);

/// The three calls of a kind: by a path, by a path whose last link is meant itself, by a descriptor.
void add_family(CallTable& table, int by_path, int by_link, int by_descriptor, OnPlace perform) {
    table[by_path] = [perform](const Call& call) { return perform(call, call.place(AT_FDCWD, 0, LastLink::followed)); };
    table[by_link] = [perform](const Call& call) { return perform(call, call.place(AT_FDCWD, 0, LastLink::kept)); };
    table[by_descriptor] = [perform](const Call& call) { return perform(call, call.place_of_descriptor(0)); };
}

}  // namespace

void add_xattr_calls(CallTable& table) {
    add_family(table, SYS_getxattr, SYS_lgetxattr, SYS_fgetxattr, read_value);
    add_family(table, SYS_listxattr, SYS_llistxattr, SYS_flistxattr, list_names);
    add_family(table, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, write_value);
    add_family(table, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, remove_value);
}

}  // namespace runtime::emulated

#include "runtime/emulated/emulation.hpp"

#include <fcntl.h>

namespace runtime::emulated {

Place Call::place_by_flags(int descriptor, std::size_t path, int flags) const {
    const LastLink last = (flags & AT_SYMLINK_NOFOLLOW) != 0 ? LastLink::kept : LastLink::followed;
    if ((flags & AT_EMPTY_PATH) == 0) return place(descriptor, path, last);
    // Linux 6.11 takes no address at all for an empty path.
    const std::string given_path = given.at(path) == 0 ? "" : text(path);
    if (given_path.empty()) return container.paths.descriptor_place(thread, process, descriptor);
    return container.paths.find(thread, process, descriptor, given_path, last);
}

const CallTable& all_calls() {
    static const CallTable table = [] {
        CallTable made;
        add_open_calls(made);
        add_status_calls(made);
        add_name_calls(made);
        add_attribute_calls(made);
        add_xattr_calls(made);
        add_place_calls(made);
        add_identity_calls(made);
        add_process_calls(made);
        add_socket_calls(made);
        add_ipc_calls(made);
        return made;
    }();
    return table;
}

void require_writable(const Call& call, const Place& place) {
    if (call.container.mounts.is_read_only(*place.mount, place.path)) throw Refusal{EROFS};
}

}  // namespace runtime::emulated

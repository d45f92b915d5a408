#include "runtime/sys/hard_link.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/base/error.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace runtime {

int link_beneath(const Fd& root, const std::string& path, const Fd& folder, const std::string& name) noexcept {
    try {
        const auto slash = path.rfind('/');
        const bool is_at_top = slash == std::string::npos;
        const Fd parent =
            is_at_top ? root.duplicate() : open_beneath(root, path.substr(0, slash), O_PATH | O_DIRECTORY);
        const std::string last = is_at_top ? path : path.substr(slash + 1);
        return ::linkat(parent.get(), last.c_str(), folder.get(), name.c_str(), 0) == 0 ? 0 : errno;
    } catch (const SystemError& error) {
        return error.number();
    }
}

}  // namespace runtime

#include "runtime/sys/selinux.hpp"

#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/xattr.hpp"

namespace runtime {
namespace {

/// The value of `name = value` or `name = "value"` in a line of a text.
std::string value_of(const std::string& text, std::string_view name) {
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string line = text.substr(start, end - start);
        start = end + 1;
        const std::size_t equals = line.find('=');
        if (!line.starts_with(name) || equals == std::string::npos) continue;
        if (line.find_first_not_of(' ', name.size()) != equals) continue;
        const std::size_t first = line.find_first_not_of(" \"", equals + 1);
        if (first == std::string::npos) return "";
        return line.substr(first, line.find_last_not_of(" \"\r") + 1 - first);
    }
    return "";
}

std::string file_of_policy(const std::string& name) {
    std::string type = value_of(read_file_if_exists("/etc/selinux/config").value_or(""), "SELINUXTYPE");
    if (type.empty() || type.find('/') != std::string::npos) type = "targeted";
    return read_file_if_exists("/etc/selinux/" + type + "/contexts/" + name).value_or("");
}

std::string with_level(const std::string& label, const std::string& level) {
    std::size_t end = 0;
    for (int colons = 0; colons < 3 && end != std::string::npos; ++colons) end = label.find(':', end + 1);
    return (end == std::string::npos ? label : label.substr(0, end)) + ":" + level;
}

std::uint32_t bits_of(const std::string& container_id) {
    std::uint32_t bits = 0;
    const auto [end, error] = std::from_chars(
        container_id.data(), container_id.data() + std::min<std::size_t>(container_id.size(), 8), bits, 16);
    if (error == std::errc()) return bits;
    if (::getrandom(&bits, sizeof bits, 0) != sizeof bits) throw SystemError("cannot get random numbers");
    return bits;
}

/// Two of the 1024 categories: half a million pairs.
std::string level_apart(const std::string& container_id) {
    constexpr std::uint32_t categories = 1024;
    const std::uint32_t bits = bits_of(container_id);
    std::uint32_t first = bits % categories;
    std::uint32_t second = (first + 1 + (bits / categories) % (categories - 1)) % categories;
    if (first > second) std::swap(first, second);
    return fmt::format("s0:c{},c{}", first, second);
}

}  // namespace

bool has_selinux() {
    return ::access("/sys/fs/selinux/enforce", F_OK) == 0 && ::access("/proc/self/attr/exec", F_OK) == 0;
}

bool policy_knows(const std::string& label) {
    const Fd question(::open("/sys/fs/selinux/context", O_RDWR | O_CLOEXEC));
    if (!question) return true;
    return ::write(question.get(), label.c_str(), label.size() + 1) >= 0 || errno != EINVAL;
}

std::optional<ContainerLabels> labels_for_container(const std::string& container_id) {
    if (!has_selinux()) return std::nullopt;
    const std::string list = file_of_policy("lxc_contexts");
    ContainerLabels labels{value_of(list, "process"), value_of(list, "file")};
    if (labels.process.empty()) labels.process = "system_u:system_r:container_t:s0";
    if (labels.file.empty()) labels.file = "system_u:object_r:container_file_t:s0";
    const std::string level = level_apart(container_id);
    for (std::string* label : {&labels.process, &labels.file})
        if (const std::string apart = with_level(*label, level); policy_knows(apart))
            *label = apart;
        else if (!policy_knows(*label))
            return std::nullopt;
    return labels;
}

void relabel(const Fd& folder, const std::string& name, const std::string& label) {
    const WalkLevel level;
    const int number = set_xattr_at(folder, name, "security.selinux", label + '\0');
    if (number != 0 && number != ENOTSUP)
        throw SystemError(SystemError::Number{number}, "cannot label {}", quoted(name));
    const auto status = stat_at(folder, name);
    if (!status || !S_ISDIR(status->st_mode)) return;
    const Fd below = open_at(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    for (const FolderEntry& entry : list_folder(below)) relabel(below, entry.name, label);
}

std::string level_of(const std::string& label) {
    std::size_t start = 0;
    for (int colons = 0; colons < 3; ++colons) {
        start = label.find(':', start);
        if (start == std::string::npos) return "s0";
        ++start;
    }
    return label.substr(start);
}

void label_for_reading(const std::string& folder) {
    if (!has_selinux()) return;
    std::string label = value_of(file_of_policy("lxc_contexts"), "ro_file");
    if (label.empty()) label = "system_u:object_r:container_ro_file_t:s0";
    std::array<char, 256> now{};
    const ssize_t length = ::getxattr(folder.c_str(), "security.selinux", now.data(), now.size() - 1);
    if (length < 0 || label == now.data() || !policy_knows(label)) return;
    if (::setxattr(folder.c_str(), "security.selinux", label.c_str(), label.size() + 1, 0) != 0)
        log_debug("the label {} cannot be given to {}", label, folder);
}

std::string file_label_for(const std::string& process_label, bool is_shared) {
    std::string type = value_of(file_of_policy("lxc_contexts"), "file");
    if (type.empty()) type = "system_u:object_r:container_file_t:s0";
    return with_level(type, is_shared ? "s0" : level_of(process_label));
}

}  // namespace runtime

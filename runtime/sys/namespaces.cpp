#include "runtime/sys/namespaces.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <charconv>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace runtime {
namespace {

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

/// Name and parent, out of "PID (NAME) STATE PPID …"; the name may have any character.
bool read_stat(const std::string& folder, ProcessNamespaces& process) {
    const auto text = read_file_if_exists(folder + "/stat");
    if (!text) return false;
    const auto first = text->find('(');
    const auto last = text->rfind(')');
    if (first == std::string::npos || last == std::string::npos || last + 4 >= text->size()) return false;
    process.name = text->substr(first + 1, last - first - 1);
    const std::string_view rest = std::string_view(*text).substr(last + 4);
    return parse_number(rest.substr(0, rest.find(' ')), process.parent);
}

bool read_process(const std::string& name, ProcessNamespaces& process) {
    if (!parse_number(name, process.process)) return false;
    const std::string folder = "/proc/" + name;
    try {
        if (!read_stat(folder, process)) return false;
    } catch (const Error&) {
        return false;  // It has ended meanwhile.
    }
    for (const char* kind : namespace_kinds) {
        struct stat status {};
        if (::stat(fmt::format("{}/ns/{}", folder, kind).c_str(), &status) == 0) process.inodes[kind] = status.st_ino;
    }
    return true;
}

}  // namespace

std::vector<ProcessNamespaces> read_all_namespaces() {
    std::vector<ProcessNamespaces> processes;
    for (const FolderEntry& entry : list_folder(open_path("/proc", O_RDONLY | O_DIRECTORY))) {
        ProcessNamespaces process;
        if (read_process(entry.name, process)) processes.push_back(std::move(process));
    }
    return processes;
}

bool in_user_namespace() {
    struct stat status {};
    // PROC_USER_INIT_INO of the kernel.
    constexpr ino_t first_namespace = 0xEFFFFFFD;
    return ::stat("/proc/self/ns/user", &status) == 0 && status.st_ino != first_namespace;
}

}  // namespace runtime

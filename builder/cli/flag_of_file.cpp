#include "builder/cli/flag_of_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

bool is_about_a_file(const std::string& error) {
    constexpr std::string_view endings[] = {"no such file or directory", "permission denied", "is a directory",
                                            "not a directory", "too many levels of symbolic links"};
    return std::any_of(std::begin(endings), std::end(endings),
                       [&](std::string_view ending) { return error.find(ending) != std::string::npos; });
}

/// Whether the error names the path: as a whole, or as the end of an absolute one.
bool names(const std::string& error, std::string_view path) {
    if (path.empty() || path == "." || path == "-") return false;
    for (std::size_t at = error.find(path); at != std::string::npos; at = error.find(path, at + 1)) {
        const std::string_view before = at == 0 ? " " : std::string_view(error).substr(at - 1, 1);
        const std::size_t end = at + path.size();
        const std::string_view after = end >= error.size() ? " " : std::string_view(error).substr(end, 1);
        constexpr std::string_view edges = " '\"/:,";
        if (edges.find(before) != std::string_view::npos && edges.find(after) != std::string_view::npos) return true;
    }
    return false;
}

bool names_part(const std::string& error, std::string_view value) {
    for (const std::string_view part : runtime::split(value, ',')) {
        if (names(error, part)) return true;
        // HOST:CONTAINER:OPTIONS of a volume.
        if (part.starts_with('/') && names(error, part.substr(0, part.find(':')))) return true;
        if (const std::size_t equals = part.find('='); equals != std::string_view::npos)
            if (names(error, part.substr(equals + 1))) return true;
    }
    return false;
}

const Flag* find_flag(const std::vector<Flag>& flags, std::string_view name) {
    const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) {
        return flag.name == name || std::find(flag.aliases.begin(), flag.aliases.end(), name) != flag.aliases.end();
    });
    return found == flags.end() || found->is_switch() ? nullptr : &*found;
}

}  // namespace

std::string flag_hint(const std::vector<Flag>& flags, const Words& line, const std::string& error) {
    if (!is_about_a_file(error)) return "";
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == "--") return "";
        if (!line[i].starts_with("--")) continue;
        const std::size_t equals = line[i].find('=');
        const Flag* const flag = find_flag(flags, std::string_view(line[i]).substr(2, equals - 2));
        if (flag == nullptr) continue;
        const bool is_next = equals == std::string::npos;
        if (is_next && i + 1 == line.size()) return "";
        const std::string value = is_next ? line[++i] : line[i].substr(equals + 1);
        if (names_part(error, value)) return fmt::format("--{} names it: {}", flag->name, runtime::quoted(value));
    }
    return "";
}

}  // namespace builder

#include "builder/cli/docker_words.hpp"

#include <algorithm>
#include <string_view>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct Row {
    std::string_view group;
    std::vector<std::string_view> names;
    Words here;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> table = {
        {"buildx", {"build", "b"}, {"build"}},
        {"buildx", {"du"}, {"du"}},
        {"buildx", {"prune"}, {"prune"}},
        {"buildx", {"version"}, {"version"}},
        {"buildx-history", {"ls", "list"}, {"builds", "ls"}},
        {"buildx-history", {"logs"}, {"logs"}},
        {"buildx-history", {"rm"}, {"builds", "rm"}},
        {"buildx-history", {"inspect"}, {"builds", "show"}},
        {"image", {"build"}, {"build"}},
        {"image", {"ls", "list"}, {"images"}},
        {"image", {"rm", "remove"}, {"rmi"}},
        {"image", {"pull"}, {"pull"}},
        {"image", {"push"}, {"push"}},
        {"image", {"tag"}, {"tag"}},
        {"image", {"history"}, {"history"}},
        {"image", {"inspect"}, {"inspect", "--type", "image"}},
        {"image", {"prune"}, {"prune", "--filter", "type=image"}},
        {"image", {"save"}, {"save"}},
        {"image", {"load"}, {"load"}},
        {"container", {"ls", "list", "ps"}, {"containers"}},
        {"container", {"rm", "remove"}, {"rm"}},
        {"container", {"rename"}, {"rename"}},
        {"container", {"inspect"}, {"inspect"}},
        {"builder", {"build"}, {"build"}},
        {"builder", {"prune"}, {"prune"}},
        {"system", {"df"}, {"du"}},
        {"system", {"info"}, {"info"}},
        {"system", {"prune"}, {"prune"}},
    };
    return table;
}

std::vector<std::string> names_in(const std::string& group) {
    std::vector<std::string> names;
    for (const Row& row : rows())
        if (row.group == group) names.emplace_back(row.names.front());
    return names;
}

/// `imagetools inspect NAME` looks at a registry.
Words imagetools(const Words& words) {
    if (words.size() < 4 || words[2] != "inspect")
        throw runtime::Error("builder has no buildx imagetools but inspect NAME")
            .with_hint("builder manifest makes and pushes lists of images, builder transfer copies between registries");
    Words result = {"inspect"};
    for (auto word = words.begin() + 3; word != words.end(); ++word)
        if (*word != "--raw") result.push_back(*word);
    // The name comes last.
    if (result.back().find("://") == std::string::npos) result.back().insert(0, "docker://");
    return result;
}

}  // namespace

Words docker_words(Words words) {
    // One word alone is a command that builder does not know, as any other.
    if (words.size() < 2) return words;
    // `buildx history ls` has three words.
    if (words.front() == "buildx" && words.size() > 2 && words[1] == "history") {
        words.erase(words.begin());
        words.front() = "buildx-history";
    }
    const std::string group = words.front();
    const std::vector<std::string> names = names_in(group);
    if (names.empty()) return words;
    if (group == "buildx" && words[1] == "imagetools") return imagetools(words);
    const auto& table = rows();
    const auto row = std::find_if(table.begin(), table.end(), [&](const Row& one) {
        return one.group == group && std::find(one.names.begin(), one.names.end(), words[1]) != one.names.end();
    });
    if (row == table.end()) {
        throw runtime::Error("builder has no {} {}", group, runtime::quoted(words[1]))
            .with_hint(fmt::format("of Docker's {} it has {}; docs/docker.md says what they do", group,
                                   fmt::join(names, ", ")));
    }
    words.erase(words.begin(), words.begin() + 2);
    words.insert(words.begin(), row->here.begin(), row->here.end());
    return words;
}

}  // namespace builder

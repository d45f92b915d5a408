#include "builder/report/layer_files.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "builder/questions/file_list.hpp"
#include "builder/questions/file_texts.hpp"

namespace builder {
namespace {

struct Version {
    std::size_t layer;
    std::int64_t bytes;
    mode_t mode;
};

/// All versions of each path, bottom first.
std::map<std::string, std::vector<Version>> versions_of(const FileStack& stack) {
    std::map<std::string, std::vector<Version>> versions;
    for (std::size_t layer = 0; layer < stack.layers.size(); ++layer) {
        FileStack alone;
        alone.name = stack.name;
        alone.layers = {stack.layers[layer]};
        list_files(alone, "/", {.is_recursive = true}, [&](const ListedFile& file) {
            versions[file.path].push_back({layer, size_of(file.entry.status), file.entry.status.st_mode});
        });
    }
    return versions;
}

std::set<std::string> paths_of(const FileStack& stack) {
    std::set<std::string> paths;
    list_files(stack, "/", {.is_recursive = true}, [&](const ListedFile& file) { paths.insert(file.path); });
    return paths;
}

}  // namespace

LayerFiles files_of_layers(const FileStack& stack) {
    LayerFiles result;
    result.wasted_bytes.resize(stack.layers.size());
    const std::set<std::string> seen = paths_of(stack);
    for (const auto& [path, versions] : versions_of(stack)) {
        LayeredFile file{path, versions.back().mode, versions.back().bytes, {}, 0, !seen.contains(path)};
        for (std::size_t i = 0; i < versions.size(); ++i) {
            file.layers.push_back(versions[i].layer);
            if (i + 1 == versions.size() && !file.is_deleted) continue;
            file.hidden_bytes += versions[i].bytes;
            result.wasted_bytes[versions[i].layer] += versions[i].bytes;
        }
        result.files.push_back(std::move(file));
    }
    return result;
}

}  // namespace builder

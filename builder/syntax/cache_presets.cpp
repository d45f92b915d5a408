#include "builder/syntax/cache_presets.hpp"

#include <algorithm>

#include "builder/syntax/suggest.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using Sharing = MountRequest::Sharing;

const std::vector<CachePreset>& presets() {
    static const std::vector<CachePreset> table = {
        // apt and dpkg lock neither of these folders against other containers.
        {"apt", {"/var/cache/apt", "/var/lib/apt/lists"}, Sharing::locked, {}},
        {"cargo", {"$CARGO_HOME|/root/.cargo/registry", "$CARGO_HOME|/root/.cargo/git"}, Sharing::shared, {}},
        {"go",
         {"/var/cache/go/mod", "/var/cache/go/build"},
         Sharing::shared,
         {{"GOMODCACHE", "/var/cache/go/mod"}, {"GOCACHE", "/var/cache/go/build"}}},
        // Maven's local repository is not made for two at once.
        {"maven", {"$HOME|/root/.m2/repository"}, Sharing::locked, {}},
        {"npm", {"/var/cache/npm"}, Sharing::shared, {{"npm_config_cache", "/var/cache/npm"}}},
        {"pip", {"/var/cache/pip"}, Sharing::shared, {{"PIP_CACHE_DIR", "/var/cache/pip"}}},
    };
    return table;
}

/// "$NAME|DEFAULT/REST": NAME's value stands for the part of DEFAULT that ends before the last components which the
/// table adds: all from the third slash on.
std::string target_text(std::string_view target, const VariableFinder& find) {
    if (!target.starts_with('$')) return std::string(target);
    const auto [name, otherwise] = runtime::split_once(target.substr(1), '|');
    const auto value = find(name);
    if (!value || value->empty()) return std::string(otherwise);
    const std::size_t own = name == "HOME" ? otherwise.find("/.") : otherwise.rfind('/');
    return *value + std::string(otherwise.substr(own));
}

}  // namespace

const CachePreset& require_cache_preset(std::string_view name) {
    const auto found =
        std::find_if(presets().begin(), presets().end(), [&](const CachePreset& one) { return one.name == name; });
    if (found != presets().end()) return *found;
    std::vector<std::string_view> names;
    for (const CachePreset& one : presets()) names.push_back(one.name);
    const std::string hint = did_you_mean(name, names);
    throw runtime::Error("there is no cache preset {}", runtime::quoted(name))
        .with_hint(hint.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : hint);
}

std::vector<MountRequest> expand_cache_preset(const MountRequest& mount, const VariableFinder& find) {
    if (mount.preset.empty()) return {mount};
    const CachePreset& preset = require_cache_preset(mount.preset);
    std::vector<MountRequest> mounts;
    for (const std::string_view target : preset.targets) {
        MountRequest one = mount;
        if (!mount.sets_sharing) one.sharing = preset.sharing;
        one.target = mount.target.empty() ? target_text(target, find) : mount.target;
        if (!mount.id.empty() && preset.targets.size() > 1) one.id = mount.id + one.target;
        mounts.push_back(std::move(one));
        if (!mount.target.empty()) break;
    }
    return mounts;
}

std::vector<std::string> preset_environment(const MountRequest& mount, const VariableFinder& find) {
    std::vector<std::string> environment;
    if (mount.preset.empty() || !mount.target.empty()) return environment;
    for (const auto& [name, value] : require_cache_preset(mount.preset).environment)
        if (!find(name)) environment.push_back(fmt::format("{}={}", name, value));
    return environment;
}

}  // namespace builder

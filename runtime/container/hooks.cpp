#include "runtime/container/hooks.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <regex>

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace runtime {
namespace {

constexpr std::size_t file_limit_bytes = 1U << 20;
constexpr std::array<std::string_view, 6> stages = {"prestart",       "createRuntime", "createContainer",
                                                    "startContainer", "poststart",     "poststop"};

bool matches(const std::string& pattern, const std::string& text, const std::string& file) {
    try {
        return std::regex_search(text, std::regex(pattern, std::regex::ECMAScript));
    } catch (const std::regex_error&) {
        throw Error("{}: {} is no regular expression", file, quoted(pattern));
    }
}

bool has_annotation(const std::string& key, const std::string& value, const HookSubject& subject,
                    const std::string& file) {
    return std::any_of(subject.annotations.begin(), subject.annotations.end(), [&](const auto& annotation) {
        return matches(key, annotation.first, file) && matches(value, annotation.second, file);
    });
}

/// All conditions of `when` have to hold; a file without any is for no container.
bool applies(const JsonFields& when, const HookSubject& subject, const std::string& file) {
    bool has_condition = false;
    bool all = true;
    const auto require = [&](bool holds) {
        has_condition = true;
        all = all && holds;
    };
    if (const auto always = when.boolean_if_any("always")) require(*always);
    for (const auto& [key, value] : when.text_map_or_empty("annotations"))
        require(has_annotation(key, value, subject, file));
    if (const auto commands = when.texts_or_empty("commands"); !commands.empty())
        require(std::any_of(commands.begin(), commands.end(),
                            [&](const std::string& pattern) { return matches(pattern, subject.command, file); }));
    if (const auto mounts = when.boolean_if_any("hasBindMounts")) require(*mounts == subject.has_bind_mounts);
    return has_condition && all;
}

void read_hook_file(const std::string& path, const HookSubject& subject, std::vector<Hook>& found) {
    const nlohmann::json document = parse_json(read_file(path, file_limit_bytes), path);
    const JsonFields fields(document, path);
    if (const std::string version = fields.text("version"); version != "1.0.0")
        throw Error("{}: hooks of version {} are not known; 1.0.0 is", path, quoted(version));
    const JsonFields program = fields.object("hook");
    Hook hook{"", program.text("path"), program.texts_or_empty("args"), program.texts_or_empty("env"),
              program.integer_if_any("timeout")};
    const auto wanted = fields.texts_or_empty("stages");
    if (wanted.empty()) throw Error("{} names no stages", path);
    for (const std::string& stage : wanted) {
        hook.stage = stage;
        check_hook(hook, path);
        if (applies(fields.object("when"), subject, path)) found.push_back(hook);
    }
}

}  // namespace

void check_hook(const Hook& hook, const std::string& file) {
    if (std::find(stages.begin(), stages.end(), hook.stage) == stages.end())
        throw Error("{}: {} is no stage of a container", file, quoted(hook.stage))
            .with_hint(fmt::format("the stages are {}", fmt::join(stages, ", ")));
    if (!hook.path.starts_with("/")) throw Error("{}: the path of a hook is absolute, not {}", file, quoted(hook.path));
}

std::vector<Hook> find_hooks(const std::vector<std::string>& folders, const HookSubject& subject) {
    std::map<std::string, std::string> files;
    for (const std::string& path : folders) {
        const auto folder = open_if_exists(path, O_RDONLY | O_DIRECTORY);
        if (!folder) continue;
        for (const FolderEntry& entry : list_folder(*folder))
            if (entry.name.ends_with(".json")) files[entry.name] = path + "/" + entry.name;
    }
    std::vector<Hook> found;
    for (const auto& [name, path] : files) read_hook_file(path, subject, found);
    return found;
}

}  // namespace runtime

#include "builder/cli/project_settings.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <iostream>
#include <nlohmann/json.hpp>

#include "builder/engine/record/build_record.hpp"
#include "builder/images/local_images.hpp"
#include "builder/sources/preprocess.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/toml.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace builder {
namespace {

using nlohmann::json;
using runtime::Error;
using runtime::quoted;

constexpr std::size_t limit_bytes = 1U << 20;
constexpr const char* file_name = "builder.toml";

void check_keys(const json& table, const std::string& name, std::initializer_list<std::string_view> known) {
    if (!table.is_object()) throw Error("{} is no table", name);
    for (const auto& [key, value] : table.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            throw Error("{} has a key {}, which a project's file cannot set", name, quoted(key))
                .with_hint(fmt::format("it can set {}; settings that give a build more rights belong to the command "
                                       "line or to /etc/builder/builder.toml",
                                       fmt::join(known, ", ")));
}

/// One text, or a list of them.
std::vector<std::string> texts_of(const json& table, const char* key) {
    const auto value = table.find(key);
    if (value == table.end()) return {};
    if (value->is_string()) return {value->get<std::string>()};
    return runtime::JsonFields(table, "[build]").texts_or_empty(key);
}

std::string file_in_context(const std::string& text) {
    if (text.empty()) return text;
    const std::filesystem::path path = std::filesystem::path(text).lexically_normal();
    if (path.is_absolute() || *path.begin() == "..") throw Error("file = {} leads out of the context", quoted(text));
    if (wants_preprocessing(path.string()))
        throw Error("file = {} would be preprocessed, which reads files of this machine", quoted(text))
            .with_hint("name it with -f");
    return path.string();
}

/// The names, whole. A text that names a transport would be a file somewhere.
std::vector<std::string> own_names(const std::vector<std::string>& tags) {
    std::vector<std::string> names;
    for (const std::string& tag : tags) {
        if (registry::parse_image_location(tag))
            throw Error("tags: {} names a place", quoted(tag))
                .with_hint("a project's file gives names of this machine; others are given with --tag");
        const std::string name = name_for_tagging(tag);
        if (!name.starts_with("localhost/"))
            throw Error("tags: {} names a registry", quoted(tag))
                .with_hint("a project's file gives names of this machine; others are given with --tag");
        names.push_back(name);
    }
    return names;
}

ProjectSettings parse(const std::string& text, const std::string& path) {
    const json document = runtime::parse_toml(text, path);
    check_keys(document, "the file", {"build"});
    ProjectSettings settings;
    settings.path = path;
    const auto table = document.find("build");
    if (table == document.end()) return settings;
    check_keys(*table, "[build]", {"file", "target", "platform", "tags", "args", "progress"});
    const runtime::JsonFields fields(*table, "[build]");
    settings.file = file_in_context(fields.text_or_empty("file"));
    settings.target = fields.text_or_empty("target");
    settings.platforms = texts_of(*table, "platform");
    settings.tags = own_names(texts_of(*table, "tags"));
    settings.progress = fields.text_or_empty("progress");
    if (const auto arguments = table->find("args"); arguments != table->end()) {
        if (!arguments->is_object()) throw Error("[build.args] is no table");
        for (const auto& [name, value] : arguments->items())
            settings.arguments[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    return settings;
}

}  // namespace

std::optional<ProjectSettings> ProjectSettings::read(const std::string& context) {
    const auto folder = runtime::open_if_exists(context, O_PATH | O_DIRECTORY);
    if (!folder) return std::nullopt;
    // Links lead nowhere outside, and what is no regular file is not waited for.
    const auto file = runtime::open_in_root_if_exists(*folder, file_name, O_RDONLY | O_NONBLOCK);
    if (!file) return std::nullopt;
    const std::string path = context + "/" + file_name;
    try {
        if (!S_ISREG(runtime::stat_of(*file).st_mode)) throw Error("it is no regular file");
        return parse(runtime::read_file(*file, path, limit_bytes), path);
    } catch (Error& error) {
        error.add_context("cannot use {}", quoted(path));
        throw;
    }
}

namespace {

/// Whether a record tells that a build of this context made the image.
bool was_made_from(const layers::BuildFiles& builds, const std::string& image, const std::string& context) {
    for (const layers::BuildFile& file : builds.list()) {
        try {
            const auto events = builds.read_events(file);
            if (!events || events->find(image) == std::string::npos) continue;
            const BuildRecord record = parse_record(*events, false);
            if (record.image == image && record.subject.context == context) return true;
        } catch (const Error&) {
            continue;  // It cannot be read, so it tells nothing.
        }
    }
    return false;
}

}  // namespace

std::vector<std::string> names_to_give(const ProjectSettings& project, layers::Store& store,
                                       const std::string& context) {
    const std::string place = std::filesystem::weakly_canonical(context).string();
    std::vector<std::string> names;
    for (const std::string& name : project.tags) {
        const auto owner = store.images().find_by_name(name);
        if (!owner || was_made_from(layers::BuildFiles(store.location()), owner->id.text(), place))
            names.push_back(name);
        else
            std::cerr << fmt::format("{} of {} stays the name of {}: --tag {} gives it to this image\n", name,
                                     project.path, owner->id.hex().substr(0, 12), name);
    }
    return names;
}

}  // namespace builder

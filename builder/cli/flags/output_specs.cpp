#include "builder/cli/flags/output_specs.hpp"

#include <charconv>
#include <string_view>

#include "builder/cli/command.hpp"
#include "builder/images/export_files.hpp"
#include "builder/syntax/csv_fields.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

std::vector<std::string> fields_of(const std::string& text) {
    try {
        return csv_fields(text);
    } catch (Error& error) {
        error.add_context("--output {}", quoted(text));
        throw;
    }
}

/// One value of --output: its keys, each looked at once.
class OutputSpec {
public:
    explicit OutputSpec(const std::string& text) : text_(text) {
        for (const std::string& field : fields_of(text)) {
            const auto [key, value] = runtime::split_once(field, '=');
            if (key.size() == field.size())
                throw Error("--output {}: {} has no value", quoted(text), quoted(field))
                    .with_hint("it takes KEY=VALUE, …");
            fields_.insert_or_assign(std::string(key), std::string(value));
        }
        type_ = take("type").value_or("");
    }

    const std::string& type() const noexcept { return type_; }
    std::optional<std::string> take(const std::string& key) {
        auto field = fields_.extract(key);
        if (field.empty()) return std::nullopt;
        return std::move(field.mapped());
    }
    bool take_switch(const std::string& key, bool otherwise) {
        const auto value = take(key);
        return value ? parse_switch("output " + text_ + ": " + key, *value) : otherwise;
    }
    std::map<std::string, std::string> take_with_prefix(const std::string& prefix) {
        std::map<std::string, std::string> found;
        for (auto field = fields_.lower_bound(prefix); field != fields_.end() && field->first.starts_with(prefix);) {
            found.emplace(field->first.substr(prefix.size()), field->second);
            field = fields_.erase(field);
        }
        return found;
    }
    /// After all is taken.
    void refuse_rest() const {
        if (!fields_.empty())
            throw Error("--output {}: {} is not known for type={}", quoted(text_), quoted(fields_.begin()->first),
                        type_);
    }
    Error error(const std::string& what) const { return Error("--output {}: {}", quoted(text_), what); }

private:
    std::string text_;
    std::string type_;
    std::map<std::string, std::string> fields_;
};

std::string require_destination(OutputSpec& spec, const char* otherwise) {
    const auto destination = spec.take("dest");
    const auto longer = spec.take("destination");
    const std::string place = destination.value_or(longer.value_or(otherwise));
    if (place.empty()) throw spec.error("dest= is missing");
    return place;
}

/// compression=, compression-level=, force-compression=.
void take_packing(OutputSpec& spec, PackingFlags& packing) {
    if (const auto name = spec.take("compression")) packing.compression = *name == "uncompressed" ? "none" : *name;
    if (const auto level = spec.take("compression-level")) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(level->data(), level->data() + level->size(), number);
        if (error != std::errc() || end != level->data() + level->size())
            throw spec.error("compression-level takes a number, not " + quoted(*level));
        packing.level = number;
    }
    if (spec.take_switch("force-compression", false)) packing.force_compression = true;
}

/// What image, registry, docker and oci have in common.
void take_image_keys(OutputSpec& spec, OutputWishes& wishes) {
    take_packing(spec, wishes.packing);
    if (spec.take_switch("rewrite-timestamp", false)) wishes.rewrites_times = true;
    if (const auto is_oci = spec.take("oci-mediatypes"))
        wishes.format = parse_switch("output oci-mediatypes", *is_oci) ? "oci" : "docker";
    for (const char* prefix : {"annotation.", "annotation-manifest."})
        wishes.annotations.merge(spec.take_with_prefix(prefix));
    // What happens in any case, or says how another program keeps images.
    for (const char* key : {"unpack", "store", "name-canonical", "dangling-name-prefix", "prefer-nondist-layers"})
        static_cast<void>(spec.take(key));
    if (spec.take_switch("push-by-digest", false))
        throw spec.error("push-by-digest is not there").with_hint("give the image a name, and read --metadata-file");
}

std::vector<std::string> names_of(OutputSpec& spec) {
    std::vector<std::string> names;
    const std::string text = spec.take("name").value_or("");
    for (const std::string_view name : runtime::split(text, ','))
        if (!name.empty()) names.emplace_back(name);
    return names;
}

void add_image(OutputSpec& spec, OutputWishes& wishes) {
    const std::vector<std::string> names = names_of(spec);
    const bool pushes = spec.take_switch("push", spec.type() == "registry");
    for (const std::string& name : names) {
        if (spec.type() == "image") wishes.destinations.push_back(name);
        if (pushes) wishes.destinations.push_back("docker://" + name);
    }
    if (names.empty() && pushes) wishes.pushes_tags = true;
    take_image_keys(spec, wishes);
}

/// A file, or with tar=false a folder. The name is the one that is given, else the first of --tag.
void add_archive(OutputSpec& spec, const std::vector<std::string>& tags, OutputWishes& wishes) {
    const bool is_docker = spec.type() == "docker";
    const bool as_tar = spec.take_switch("tar", true);
    std::vector<std::string> names = names_of(spec);
    if (names.empty() && !tags.empty()) names = tags;
    static_cast<void>(spec.take("context"));
    take_image_keys(spec, wishes);
    const auto destination = spec.take("dest");
    if (is_docker && !destination) {
        wishes.loads_into_docker = true;
        return;
    }
    if (is_docker && !as_tar) throw spec.error("tar=false is for type=oci");
    const std::string place = destination.value_or(as_tar ? "-" : "");
    if (place.empty()) throw spec.error("dest= is missing");
    if (place.find(':') != std::string::npos) throw spec.error("a file with a colon in its name cannot be written to");
    const std::string transport = is_docker ? "docker-archive:" : as_tar ? "oci-archive:" : "oci:";
    wishes.destinations.push_back(transport + place + (names.empty() ? "" : ":" + names.front()));
}

void add_files(OutputSpec& spec, OutputWishes& wishes) {
    static_cast<void>(spec.take("platform-split"));
    const std::string place = require_destination(spec, spec.type() == "tar" ? "-" : "");
    wishes.files.push_back("type=" + spec.type() + ",dest=" + place);
}

void add_output(OutputSpec& spec, const std::vector<std::string>& tags, OutputWishes& wishes) {
    const std::string& type = spec.type();
    if (type == "image" || type == "registry")
        add_image(spec, wishes);
    else if (type == "docker" || type == "oci")
        add_archive(spec, tags, wishes);
    else if (type == "local" || type == "tar")
        add_files(spec, wishes);
    else if (type != "cacheonly")
        throw spec.error(type.empty() ? "type= is missing" : "there is no type " + quoted(type))
            .with_hint("it takes type=image, registry, docker, oci, local, tar or cacheonly");
    spec.refuse_rest();
}

}  // namespace

OutputWishes parse_outputs(const std::vector<std::string>& texts, const std::vector<std::string>& tags) {
    OutputWishes wishes;
    for (const std::string& text : texts) {
        if (text.empty()) throw Error("--output is empty").with_hint("it takes a folder, -, or type=TYPE,dest=PLACE");
        if (text == "-" || text.find('=') == std::string::npos) {
            wishes.files.push_back(text);
            continue;
        }
        OutputSpec spec(text);
        add_output(spec, tags, wishes);
    }
    return wishes;
}

void add_pushes(std::vector<std::string>& destinations) {
    std::vector<std::string> places;
    for (const std::string& text : destinations)
        if (!registry::parse_image_location(text)) places.push_back("docker://" + text);
    if (places.empty()) throw Error("--push needs a name in a registry").with_hint("give it with --tag");
    destinations.insert(destinations.end(), places.begin(), places.end());
}

void apply_outputs(const OutputWishes& wishes, BuildImageRequest& request, PackingFlags& packing) {
    request.outputs = wishes.files;
    request.destinations.insert(request.destinations.end(), wishes.destinations.begin(), wishes.destinations.end());
    for (const auto& annotation : wishes.annotations) request.annotations.insert(annotation);
    if (wishes.format) request.format = *wishes.format;
    if (wishes.rewrites_times) request.rewrite_timestamp = true;
    if (wishes.packing.compression) packing.compression = wishes.packing.compression;
    if (wishes.packing.level) packing.level = wishes.packing.level;
    if (wishes.packing.force_compression) packing.force_compression = true;
}

namespace {

bool is_standard_output(const std::string& path) {
    return path == "-" || path == "/dev/stdout" || path == "/dev/fd/1" || path == "/proc/self/fd/1";
}

}  // namespace

bool uses_standard_output(const std::vector<std::string>& outputs, const std::vector<std::string>& destinations) {
    for (const ExportSpec& spec : parse_exports(outputs))
        if (is_standard_output(spec.destination)) return true;
    for (const std::string& text : destinations)
        if (const auto location = registry::parse_image_location(text); location && is_standard_output(location->path))
            return true;
    return false;
}

}  // namespace builder

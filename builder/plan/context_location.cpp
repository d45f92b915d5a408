#include "builder/plan/context_location.hpp"

#include <sys/stat.h>

#include <array>

#include "builder/syntax/suggest.hpp"
#include "registry/reference.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"

namespace builder {
namespace {

using Kind = ContextLocation::Kind;
using runtime::Error;
using runtime::quoted;

bool is_folder(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_http(const std::string& text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

struct ImagePrefix {
    std::string_view written;
    std::string_view transport;
};
constexpr std::array image_prefixes = {
    ImagePrefix{"docker-image://", "docker://"},
    ImagePrefix{"container-image://", "docker://"},
    ImagePrefix{"docker://", "docker://"},
    ImagePrefix{"oci-layout://", "oci:"},
    ImagePrefix{"oci-layout:", "oci:"},
    ImagePrefix{"oci:", "oci:"},
    ImagePrefix{"oci-archive:", "oci-archive:"},
    ImagePrefix{"docker-archive:", "docker-archive:"},
    ImagePrefix{"dir:", "dir:"},
    ImagePrefix{"containers-storage:", "containers-storage:"},
};

std::optional<ContextLocation> parse_elsewhere(const std::string& text) {
    for (const ImagePrefix& prefix : image_prefixes)
        if (text.starts_with(prefix.written))
            return ContextLocation{Kind::image, std::string(prefix.transport) + text.substr(prefix.written.size())};
    if (auto git = parse_git_url(text)) return ContextLocation{Kind::git, text, std::move(git)};
    if (is_http(text)) return ContextLocation{Kind::http, text};
    return std::nullopt;
}

}  // namespace

ContextLocation parse_main_context(const std::string& text) {
    if (text == "-") return {Kind::standard_input, text};
    if (is_folder(text)) return {Kind::folder, text};
    return parse_elsewhere(text).value_or(ContextLocation{Kind::folder, text});
}

ContextLocation parse_named_context(const std::string& text) {
    constexpr std::string_view stage_prefix = "target:";
    if (text.starts_with(stage_prefix)) return {Kind::stage, text.substr(stage_prefix.size())};
    if (auto location = parse_main_context(text);
        location.kind != Kind::folder && location.kind != Kind::standard_input)
        return location;
    const std::size_t colons = text.find("://");
    if (colons != std::string::npos && text.find('/') > colons) {
        constexpr std::array<std::string_view, 6> known = {"docker-image", "container-image", "docker",
                                                           "oci-layout",   "https",           "ssh"};
        const std::string protocol = text.substr(0, colons);
        throw Error("--build-context {}: the protocol {} is not known", quoted(text), quoted(protocol))
            .with_hint(did_you_mean(protocol, known))
            .with_hint("a context is a folder, https://…, a git URL, docker-image://…, oci-layout://… or target:STAGE");
    }
    return {Kind::folder, text};
}

std::string context_name(const std::string& text) {
    std::string name = text;
    try {
        name = registry::Reference::parse(text).familiar_text();
    } catch (const Error&) {
        // A stage may have a name that no image can have.
    }
    name = runtime::in_lower_case(name);
    return name.ends_with(":latest") ? name.substr(0, name.size() - 7) : name;
}

}  // namespace builder

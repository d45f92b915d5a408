#include "registry/transport/location.hpp"

#include <algorithm>
#include <array>

#include "runtime/base/error.hpp"

namespace registry {
namespace {

enum class Form { slashes_and_name, path, path_and_name, name };

struct Row {
    std::string_view prefix;
    Transport transport;
    Form form;
};

constexpr std::array rows{
    Row{"docker", Transport::registry, Form::slashes_and_name},
    Row{"oci", Transport::oci_folder, Form::path_and_name},
    Row{"oci-archive", Transport::oci_archive, Form::path_and_name},
    Row{"docker-archive", Transport::docker_archive, Form::path_and_name},
    Row{"dir", Transport::folder, Form::path},
    Row{"containers-storage", Transport::store, Form::name},
    Row{"docker-daemon", Transport::docker_daemon, Form::name},
};

ImageLocation parse_rest(const Row& row, std::string_view text, std::string_view rest) {
    ImageLocation location{.transport = row.transport};
    if (row.form == Form::slashes_and_name) {
        if (!rest.starts_with("//"))
            throw runtime::Error("{} is not the place of an image", runtime::quoted(text))
                .with_hint("write docker://NAME");
        location.name = rest.substr(2);
    } else if (row.form == Form::name) {
        location.name = rest;
    } else {
        // A path with a colon cannot be told from a path and a name, so the first colon ends it.
        const std::size_t colon = row.form == Form::path ? rest.npos : rest.find(':');
        const std::size_t digest = row.form == Form::path ? rest.npos : rest.find("@sha256:");
        if (digest != rest.npos && digest < colon) {
            location.path = rest.substr(0, digest);
            location.name = rest.substr(digest + 1);
            return location;
        }
        location.path = rest.substr(0, colon);
        if (colon != rest.npos) location.name = rest.substr(colon + 1);
        if (colon != rest.npos && location.name.empty())
            throw runtime::Error("{} ends with a colon where a name should follow", runtime::quoted(text));
    }
    if (location.path.empty() && location.name.empty())
        throw runtime::Error("{} names no place", runtime::quoted(text));
    if (location.path.empty() && (row.form == Form::path || row.form == Form::path_and_name))
        throw runtime::Error("{} names no file or folder", runtime::quoted(text));
    return location;
}

}  // namespace

std::string ImageLocation::text() const {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.transport == transport; });
    const bool has_slashes = row->form == Form::slashes_and_name;
    const char* const separator = path.empty() || name.empty() ? "" : name.starts_with("sha256:") ? "@" : ":";
    return fmt::format("{}:{}{}{}{}", row->prefix, has_slashes ? "//" : "", path, separator, name);
}

std::optional<ImageLocation> parse_image_location(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    for (const Row& row : rows)
        if (row.prefix == text.substr(0, colon)) return parse_rest(row, text, text.substr(colon + 1));
    return std::nullopt;
}

}  // namespace registry

#include "registry/signing/simple_signing.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "registry/reference.hpp"
#include "registry/settings/user_places.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/yaml.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/privileges.hpp"
#include "runtime/sys/program.hpp"
#include "runtime/sys/umask.hpp"

namespace registry {
namespace {

using nlohmann::json;
using runtime::Error;
using runtime::quoted;

/// The name that is signed. Where an image has none, there is nothing that a signature could vouch for.
Reference name_at(const std::string& place) {
    const auto location = parse_image_location(place);
    if (location && location->transport != Transport::registry)
        throw Error("--sign-by: an image at {} cannot be signed", quoted(place))
            .with_hint("a signature speaks of a name in a registry: docker://NAME:TAG");
    Reference image = Reference::parse(location ? location->name : place).for_pull();
    if (!image.tag()) throw Error("--sign-by: {} has no tag that could be signed", quoted(place));
    return image;
}

/// The files of registries.d, the user's or the system's, as one: names of scopes to their settings.
json read_registries_d(json& defaults) {
    std::string folder = user_config_folder() + "/containers/registries.d";
    if (::access(folder.c_str(), F_OK) != 0) folder = "/etc/containers/registries.d";
    json scopes = json::object();
    const auto entries = runtime::open_if_exists(folder, O_RDONLY | O_DIRECTORY);
    if (!entries) return scopes;
    for (const runtime::FolderEntry& entry : runtime::list_folder(*entries)) {
        if (!entry.name.ends_with(".yaml")) continue;
        const std::string path = folder + "/" + entry.name;
        runtime::log_debug("reads {}", path);
        const json document = runtime::parse_yaml(runtime::read_file(path), path);
        if (!document.is_object()) continue;
        if (document.contains("default-docker")) defaults = document["default-docker"];
        if (document.contains("docker") && document["docker"].is_object()) scopes.update(document["docker"]);
    }
    return scopes;
}

std::string write_place_in(const json& settings) {
    for (const char* name : {"lookaside-staging", "sigstore-staging", "lookaside", "sigstore"})
        if (settings.is_object() && settings.contains(name) && settings[name].is_string())
            return settings[name].get<std::string>();
    return "";
}

/// The most exact scope first: the whole name, the repository, what is above it, the host, hosts by "*.domain".
std::vector<std::string> scopes_of(const Reference& image) {
    std::vector<std::string> scopes = {image.text()};
    std::string name = image.name();
    for (;;) {
        scopes.push_back(name);
        const std::size_t slash = name.rfind('/');
        if (slash == std::string::npos) break;
        name.erase(slash);
    }
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
        scopes.push_back("*" + name.substr(dot));
    return scopes;
}

/// The folder for signatures of a repository. containers-registries.d(5).
std::string signature_root(const Reference& image) {
    json defaults = json::object();
    const json scopes = read_registries_d(defaults);
    std::string place;
    for (const std::string& scope : scopes_of(image))
        if (place.empty() && scopes.contains(scope)) place = write_place_in(scopes[scope]);
    if (place.empty()) place = write_place_in(defaults);
    if (place.empty()) {
        const std::string data = environment_variable("XDG_DATA_HOME");
        if (runtime::invoking_user() == 0) return "/var/lib/containers/sigstore";
        return (data.empty() ? home_folder() + "/.local/share" : data) + "/containers/sigstore";
    }
    if (!place.starts_with("file://"))
        throw Error("signatures of {} are kept at {}, which is only read", image.name(), place)
            .with_hint("registries.d names a place to write to: lookaside-staging: file:///FOLDER");
    return place.substr(7);
}

std::string sign(const std::string& payload, const std::string& key, const runtime::StopSource& stop) {
    runtime::ProgramRequest request{{"gpg", "--batch", "--no-armor", "--local-user", key, "--output", "-", "--sign"}};
    request.input = payload;
    runtime::ProgramResult result = runtime::run_program(request, &stop);
    if (result.exit_code == 0) return std::move(result.output);
    Error error("gpg cannot sign with the key {} (exit code {})", quoted(key), result.exit_code);
    throw error.with_output(result.complaints).with_hint("gpg --list-secret-keys lists the keys there are");
}

/// The first number that is free: earlier signatures stay.
void keep(const std::string& folder, const std::string& signature) {
    runtime::make_folders(folder, runtime::output_mode(0755));
    for (unsigned number = 1;; ++number) {
        const std::string path = fmt::format("{}/signature-{}", folder, number);
        const runtime::Fd file(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, runtime::output_mode(0644)));
        if (!file && errno == EEXIST) continue;
        if (!file) throw runtime::SystemError("cannot write {}", quoted(path));
        runtime::write_all(file, signature, path);
        runtime::log_debug("the signature is {}", path);
        return;
    }
}

}  // namespace

void check_can_be_signed(const std::string& place) {
    static_cast<void>(signature_root(name_at(place)));
}

std::string signature_payload(const std::string& image_name, const layers::Digest& manifest, std::int64_t seconds) {
    return runtime::write_json({{"critical",
                                 {{"identity", {{"docker-reference", image_name}}},
                                  {"image", {{"docker-manifest-digest", manifest.text()}}},
                                  {"type", "atomic container signature"}}},
                                {"optional", {{"creator", "builder"}, {"timestamp", seconds}}}});
}

void sign_image(const std::string& place, const layers::Digest& manifest, const std::string& key,
                const runtime::StopSource& stop) {
    const Reference image = name_at(place);
    const std::string signature = sign(signature_payload(image.text(), manifest, ::time(nullptr)), key, stop);
    keep(fmt::format("{}/{}@sha256={}", signature_root(image), image.path(), manifest.hex()), signature);
}

}  // namespace registry

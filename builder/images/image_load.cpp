#include "builder/images/image_load.hpp"

#include "registry/http/http_client.hpp"
#include "registry/remote/docker_daemon.hpp"
#include "registry/remote/docker_load.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr const char* publish_hint = "builder setup podman shows this store to Podman";

}  // namespace

LoadPlace choose_load_place(const std::string& value, const Publication& publication, const runtime::StopSource& stop) {
    if (value.empty() || value == "false") return LoadPlace::nowhere;
    if (value != "auto" && value != "true" && value != "docker" && value != "podman")
        throw Error("--load takes docker or podman, not {}", quoted(value))
            .with_hint("without a value it takes what is there");
    if (value == "podman" && !publication.is_there())
        throw Error("--load=podman: Podman does not see this store").with_hint(publish_hint);
    if (value == "podman") return LoadPlace::podman;
    registry::HttpClient client(stop);
    std::string why;
    if (registry::docker_daemon_answers(client, why)) return LoadPlace::docker;
    if (value == "docker")
        throw Error("--load=docker: {}", why).with_hint("start Docker, or name its socket in DOCKER_HOST");
    if (publication.is_there()) return LoadPlace::podman;
    throw Error("--load finds no engine: {}; and Podman does not see this store", why).with_hint(publish_hint);
}

std::string load_image(LoadPlace place, layers::Store& store, Publication& publication,
                       const layers::ImageRecord& image, const std::vector<std::string>& names,
                       const runtime::StopSource& stop) {
    if (place == LoadPlace::nowhere) return "";
    if (place == LoadPlace::podman) {
        publication.refresh();
        return "Podman has the image, without a copy";
    }
    registry::HttpClient client(stop);
    registry::load_into_docker(client, store, image, names);
    return "Docker has the image";
}

}  // namespace builder

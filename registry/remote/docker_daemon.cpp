#include "registry/remote/docker_daemon.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "registry/http/url.hpp"
#include "registry/reference.hpp"
#include "registry/remote/registry_error.hpp"
#include "registry/settings/user_places.hpp"
#include "registry/transport/docker_archive.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;
using runtime::Error;
using runtime::quoted;

class DaemonSource final : public ImageSource {
public:
    DaemonSource(HttpClient& client, const std::string& text) : name_("docker-daemon:" + text) {
        const std::string path = folder_.path("image.tar");
        HttpResponse response = ask_docker_daemon(
            client, {.url = fmt::format("/images/{}/get", percent_encoded(docker_daemon_name(text)))});
        runtime::FileSink file(runtime::open_path(path, O_WRONLY | O_CREAT | O_EXCL, 0600), path);
        runtime::copy_all(response.body(), file);
        archive_ = open_docker_archive(path, "");
    }
    RawManifest manifest() override { return archive_->manifest(); }
    RawManifest manifest(const Descriptor& descriptor) override { return archive_->manifest(descriptor); }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        return archive_->open_blob(descriptor);
    }
    const std::string& name() const noexcept override { return name_; }

private:
    std::string name_;
    runtime::TempFolder folder_;
    std::unique_ptr<ImageSource> archive_;
};

class DaemonDestination final : public ImageDestination {
public:
    DaemonDestination(HttpClient& client, const std::string& text)
        : client_(client),
          name_("docker-daemon:" + text),
          path_(folder_.path("image.tar")),
          archive_(make_docker_archive(path_, docker_daemon_name(text))) {}

    DestinationRules rules() const override { return archive_->rules(); }
    bool has_blob(const layers::Digest& digest) override { return archive_->has_blob(digest); }
    void put_blob(runtime::Source& content, const Descriptor& descriptor) override {
        archive_->put_blob(content, descriptor);
    }
    std::unique_ptr<BlobWriter> new_blob() override { return archive_->new_blob(); }
    void put_manifest(const RawManifest& manifest) override { archive_->put_manifest(manifest); }
    void commit(const RawManifest& manifest) override {
        archive_->commit(manifest);
        const std::string path = path_;
        const auto size = runtime::stat_of(runtime::open_path(path, O_RDONLY)).st_size;
        HttpResponse response = ask_docker_daemon(
            client_,
            {.method = "POST",
             .url = "/images/load?quiet=1",
             .headers = {{"Content-Type", "application/x-tar"}},
             .body = HttpBody{
                 [path] { return std::make_unique<runtime::FileSource>(runtime::open_path(path, O_RDONLY), path); },
                 static_cast<std::uint64_t>(size)}});
        check_docker_load(response);
    }
    const std::string& name() const noexcept override { return name_; }

private:
    HttpClient& client_;
    std::string name_;
    runtime::TempFolder folder_;
    std::string path_;
    std::unique_ptr<ImageDestination> archive_;
};

}  // namespace

std::string docker_socket() {
    const std::string host = environment_variable("DOCKER_HOST");
    constexpr std::string_view scheme = "unix://";
    if (host.empty()) return "/var/run/docker.sock";
    if (!host.starts_with(scheme))
        throw Error("DOCKER_HOST is {}, and only sockets (unix://…) are spoken to", quoted(host));
    return host.substr(scheme.size());
}

std::string docker_daemon_name(const std::string& text) {
    if (is_image_id(text) || text.starts_with("sha256:")) return text;
    return Reference::parse(text).for_pull().familiar_text();
}

HttpResponse ask_docker_daemon(HttpClient& client, HttpRequest request) {
    request.unix_socket = docker_socket();
    request.url = "http://docker" + request.url;
    try {
        HttpResponse response = client.send(request);
        if (response.is_success()) return response;
        throw make_registry_error(response);
    } catch (Error& error) {
        error.add_context("the Docker daemon at {}", quoted(request.unix_socket));
        throw;
    }
}

void check_docker_load(HttpResponse& response) {
    constexpr std::size_t limit_bytes = 1U << 20;
    const std::string said = response.read_text(limit_bytes, "the daemon's answer");
    if (said.find("\"errorDetail\"") != std::string::npos)
        throw Error("the Docker daemon did not take the image: {}", quoted(said));
}

std::unique_ptr<ImageSource> open_daemon_image(HttpClient& client, const std::string& name) {
    return std::make_unique<DaemonSource>(client, name);
}

std::unique_ptr<ImageDestination> make_daemon_image(HttpClient& client, const std::string& name) {
    return std::make_unique<DaemonDestination>(client, name);
}

}  // namespace registry

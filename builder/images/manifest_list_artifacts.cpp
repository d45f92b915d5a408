// Artifacts in manifest lists: files as blobs of the store, and a manifest over them.
#include <algorithm>
#include <map>

#include "builder/images/manifest_list.hpp"
#include "layers/media_type.hpp"
#include "layers/oci/manifest.hpp"
#include "registry/copy_image.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_file.hpp"

namespace builder {
namespace {

using layers::Digest;
using layers::oci::Descriptor;
using registry::RawManifest;
namespace oci = layers::oci;

/// What the content of a file is, as far as its first bytes say.
std::string type_of_content(const std::string& content) {
    if (content.starts_with("\x1f\x8b")) return "application/x-gzip";
    if (content.starts_with("PK\x03\x04")) return "application/zip";
    constexpr std::size_t looked_at = 512;
    const bool is_text =
        std::none_of(content.begin(),
                     content.begin() + static_cast<std::ptrdiff_t>(std::min(looked_at, content.size())), [](char c) {
                         const auto byte = static_cast<unsigned char>(c);
                         return byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && byte != 0x1b;
                     });
    return is_text ? "text/plain" : "application/octet-stream";
}

/// What the end of a file's name says, else its content.
std::string type_of_file(const std::string& file, const std::string& content) {
    static const std::map<std::string_view, const char*> types = {
        {".css", "text/css"},          {".gif", "image/gif"},         {".htm", "text/html"},
        {".html", "text/html"},        {".jpeg", "image/jpeg"},       {".jpg", "image/jpeg"},
        {".js", "text/javascript"},    {".json", "application/json"}, {".mjs", "text/javascript"},
        {".pdf", "application/pdf"},   {".png", "image/png"},         {".svg", "image/svg+xml"},
        {".wasm", "application/wasm"}, {".webp", "image/webp"},       {".xml", "text/xml"},
    };
    const std::size_t dot = file.rfind('.');
    const auto found = dot == std::string::npos ? types.end() : types.find(std::string_view(file).substr(dot));
    return found == types.end() ? type_of_content(content) : found->second;
}

Digest keep_blob(layers::Store& store, const std::string& content) {
    const Digest digest = Digest::of(content);
    if (store.blobs().find(digest)) return digest;
    const std::string path = store.staging().new_path();
    runtime::replace_own_file(path, content, 0600);
    store.blobs().add(path, {digest, static_cast<std::int64_t>(content.size()), std::nullopt});
    return digest;
}

}  // namespace

Digest ManifestList::add_artifact(layers::Store& store, const ArtifactRequest& request, const MemberFields& fields,
                                  registry::Registries& registries) {
    constexpr std::size_t limit_bytes = 1U << 30;
    oci::Manifest manifest;
    Origin origin;
    manifest.artifact_type =
        request.artifact_type.empty() ? "application/vnd.unknown.artifact.v1" : request.artifact_type;
    const std::string config =
        request.config_file.empty() ? "{}" : runtime::read_file(request.config_file, limit_bytes);
    const std::string config_type =
        !request.config_type.empty() ? request.config_type : std::string(layers::media_type::oci_empty);
    manifest.config = oci::make_descriptor(config_type, keep_blob(store, config), config.size());
    origin.blobs.push_back(manifest.config.digest_text);
    if (!request.config_file.empty()) origin.files.push_back(absolute_file(request.config_file));
    for (const std::string& file : request.files) {
        const std::string content = runtime::read_file(file, limit_bytes);
        Descriptor layer =
            oci::make_descriptor(request.layer_type.empty() ? type_of_file(file, content) : request.layer_type,
                                 keep_blob(store, content), content.size());
        if (!request.without_titles)
            layer.annotations["org.opencontainers.image.title"] = file.substr(file.rfind('/') + 1);
        origin.blobs.push_back(layer.digest_text);
        origin.files.push_back(absolute_file(file));
        manifest.layers.push_back(std::move(layer));
    }
    if (!request.subject.empty()) manifest.subject = describe(store, request.subject, registries);
    manifest.annotations = request.annotations;
    const std::string text = oci::write_manifest(manifest);
    origin.blobs.insert(origin.blobs.begin(), keep_blob(store, text).text());
    Descriptor descriptor = RawManifest{text, manifest.media_type}.descriptor();
    descriptor.artifact_type = manifest.artifact_type;
    apply_fields(fields, descriptor);
    const Digest digest = descriptor.digest();
    put_member(std::move(descriptor), std::move(origin));
    return digest;
}

}  // namespace builder

#include "registry/transport/docker_archive.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "layers/oci/image_config.hpp"
#include "layers/oci/manifest.hpp"
#include "layers/verifying_source.hpp"
#include "registry/reference.hpp"
#include "registry/transport/archive_writer.hpp"
#include "registry/transport/location.hpp"
#include "registry/transport/oci_layout.hpp"
#include "registry/transport/tar_index.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;

constexpr const char* list_file = "manifest.json";

/// One image as manifest.json has it.
struct ListedImage {
    std::string config;
    std::vector<std::string> names;
    std::vector<std::string> layers;
};

std::vector<ListedImage> read_list(NamedFiles& files, const std::string& place) {
    const auto file = files.find(list_file);
    if (!file)
        throw runtime::Error("{} is not what `docker save` writes: it has no file {}", place, list_file)
            .with_hint("for an OCI image use oci-archive:");
    const auto value = runtime::parse_json(read_slice(*file, layers::oci::manifest_limit_bytes, list_file), list_file);
    if (!value.is_array()) throw runtime::Error("{} of {}: expected a list", list_file, place);
    std::vector<ListedImage> images;
    for (const auto& element : value) {
        const runtime::JsonFields fields(element, fmt::format("{} of {}", list_file, place));
        images.push_back({fields.text("Config"), fields.texts_or_empty("RepoTags"), fields.texts_or_empty("Layers")});
    }
    return images;
}

/// A name as the archive has it: whole, with a tag.
std::string whole_name(const std::string& text) {
    const Reference name = Reference::parse(text);
    if (name.digest())
        throw runtime::Error("{} has a digest, which such an archive cannot have", runtime::quoted(text));
    return name.for_pull().text();
}

bool is_same_name(const std::string& listed, const std::string& wanted) {
    try {
        return whole_name(listed) == wanted;
    } catch (const runtime::Error&) {
        return false;  // a name in the archive that is none
    }
}

const ListedImage& choose(const std::vector<ListedImage>& images, const std::string& name, const std::string& place) {
    if (images.empty()) throw runtime::Error("{} holds no image", place);
    if (name.starts_with('@')) {
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
        if (error != std::errc{} || end != name.data() + name.size() || number >= images.size())
            throw runtime::Error("{} holds no image {} (it has {})", place, name, images.size());
        return images[number];
    }
    std::string names;
    const std::string wanted = name.empty() ? "" : whole_name(name);
    for (const ListedImage& image : images) {
        for (const std::string& listed : image.names) {
            if (!wanted.empty() && is_same_name(listed, wanted)) return image;
            names += (names.empty() ? "" : ", ") + runtime::quoted(listed);
        }
    }
    if (name.empty() && images.size() == 1) return images.front();
    runtime::Error error = name.empty() ? runtime::Error("{} holds {} images", place, images.size())
                                        : runtime::Error("{} holds no image {}", place, runtime::quoted(name));
    throw error.with_hint((names.empty() ? "they have no names" : "it has " + names) +
                          "; name one behind the file and a colon, or by its number: @0");
}

layers::Digest digest_of(const FileSlice& slice) {
    const auto source = open_slice(slice);
    layers::DigestingSink sink;
    runtime::copy_all(*source, sink);
    return sink.finish();
}

layers::Compression compression_of(const FileSlice& slice) {
    std::array<std::byte, 8> first{};
    const auto source = open_slice(slice);
    return layers::detect_compression(runtime::Bytes(first).first(source->read(first)));
}

class DockerArchiveSource final : public ImageSource {
public:
    DockerArchiveSource(const std::string& file, const std::string& image_name)
        : name_(ImageLocation{Transport::docker_archive, file, image_name}.text()), files_(open_archive(file)) {
        const std::vector<ListedImage> images = read_list(*files_, name_);
        make_manifest(choose(images, image_name, name_));
    }

    RawManifest manifest() override { return manifest_; }
    RawManifest manifest(const Descriptor& descriptor) override { throw missing_blob(name_, descriptor); }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        const auto found = blobs_.find(descriptor.digest_text);
        if (found == blobs_.end()) throw missing_blob(name_, descriptor);
        return open_verified(found->second, descriptor);
    }
    const std::string& name() const noexcept override { return name_; }

private:
    FileSlice file(const std::string& path) {
        if (auto found = files_->find(path)) return *std::move(found);
        throw runtime::Error("{} has no file {}, which its {} names", name_, runtime::quoted(path), list_file);
    }

    void make_manifest(const ListedImage& image) {
        const FileSlice config_file = file(image.config);
        const std::string config = read_slice(config_file, layers::oci::config_limit_bytes, "the image configuration");
        const auto diff_ids = layers::oci::parse_image_config(config).diff_ids;
        if (diff_ids.size() != image.layers.size())
            throw runtime::Error("{} names {} layers, but the image's configuration {}", name_, image.layers.size(),
                                 diff_ids.size());
        layers::oci::Manifest manifest;
        manifest.media_type = layers::media_type::docker_manifest;
        manifest.config = add(config_file, layers::media_type::docker_config, layers::Digest::of(config));
        for (std::size_t i = 0; i < diff_ids.size(); ++i)
            manifest.layers.push_back(add_layer(file(image.layers[i]), diff_ids[i]));
        manifest_ = {layers::oci::write_manifest(manifest), manifest.media_type};
    }

    /// A plain layer's digest is the configuration's word for it, which reading will verify; a packed one must be read.
    Descriptor add_layer(const FileSlice& slice, const layers::Digest& diff_id) {
        const auto compression = compression_of(slice);
        const std::string type =
            layers::media_type::layer({.compression = compression, .flavour = layers::Flavour::docker});
        return add(slice, type, compression == layers::Compression::none ? diff_id : digest_of(slice));
    }

    Descriptor add(const FileSlice& slice, std::string_view type, const layers::Digest& digest) {
        blobs_.insert_or_assign(digest.text(), slice);
        return layers::oci::make_descriptor(type, digest, slice.size);
    }

    std::string name_;
    std::unique_ptr<NamedFiles> files_;
    std::map<std::string, FileSlice> blobs_;
    RawManifest manifest_;
};

/// Both kinds of blobs carry names that other readers expect; which one it is shows at the end only, so layers are
/// written first and the configuration gets its name in commit().
std::string layer_path(const layers::Digest& digest) {
    return fmt::format("{}.tar", digest.hex());
}

class DockerArchive final : public ImageDestination {
public:
    DockerArchive(std::string file, const std::string& image_name, std::vector<std::vector<std::string>> names)
        : archive_(std::move(file)),
          blobs_(archive_, layer_path),
          names_of_images_(std::move(names)),
          name_(ImageLocation{Transport::docker_archive, archive_.path(), image_name}.text()) {}

    DestinationRules rules() const override {
        return {
            .layer_compression = layers::Compression::none, .flavour = layers::Flavour::docker, .takes_indexes = false};
    }
    bool has_blob(const layers::Digest& digest) override {
        return blobs_.has(digest) || configs_.contains(digest.text());
    }

    void put_blob(runtime::Source& content, const Descriptor& descriptor) override {
        if (!layers::media_type::is_config(descriptor.media_type)) return blobs_.put(content, descriptor);
        layers::VerifyingSource verified(content, descriptor.digest(), descriptor.size);
        configs_[descriptor.digest_text] =
            runtime::read_all(verified, layers::oci::config_limit_bytes, "the image configuration");
    }
    std::unique_ptr<BlobWriter> new_blob() override { return blobs_.new_blob(); }
    void put_manifest(const RawManifest&) override { throw runtime::Error("{} cannot hold several images", name_); }

    void commit(const RawManifest& raw) override {
        const auto manifest = layers::oci::parse_manifest(raw.text, raw.media_type);
        const auto config = configs_.find(manifest.config.digest_text);
        if (config == configs_.end()) throw missing_blob(name_, manifest.config);
        std::vector<std::string> layer_paths;
        for (const Descriptor& layer : manifest.layers) {
            if (!blobs_.has(layer.digest())) throw missing_blob(name_, layer);
            layer_paths.push_back(layer_path(layer.digest()));
        }
        const std::string config_path = fmt::format("{}.json", manifest.config.digest().hex());
        if (written_configs_.insert(config_path).second) archive_.add_file(config_path, config->second);
        const std::vector<std::string>& names = names_of_images_.at(list_.size());
        list_.push_back({{"Config", config_path}, {"RepoTags", names}, {"Layers", layer_paths}});
        if (list_.size() < names_of_images_.size()) return;
        archive_.add_file(list_file, list_.dump());
        archive_.finish();
    }
    const std::string& name() const noexcept override { return name_; }

private:
    ArchiveWriter archive_;
    ArchiveBlobs blobs_;
    std::vector<std::vector<std::string>> names_of_images_;  ///< in the order of commit()
    std::string name_;
    std::map<std::string, std::string> configs_;
    std::set<std::string> written_configs_;
    nlohmann::ordered_json list_ = nlohmann::ordered_json::array();
};

}  // namespace

std::vector<std::string> names_in_docker_archive(const std::string& file, const std::string& name) {
    if (!name.empty() && !name.starts_with('@')) return {whole_name(name)};
    const auto files = open_archive(file);
    const std::string place = ImageLocation{Transport::docker_archive, file, name}.text();
    const std::vector<ListedImage> images = read_list(*files, place);
    std::vector<std::string> names;
    for (const std::string& listed : choose(images, name, place).names) {
        try {
            names.push_back(whole_name(listed));
        } catch (const runtime::Error&) {
            continue;  // a name in the archive that is none
        }
    }
    return names;
}

std::unique_ptr<ImageSource> open_docker_archive(const std::string& file, const std::string& name) {
    return std::make_unique<DockerArchiveSource>(file, name);
}

std::size_t count_in_docker_archive(const std::string& file) {
    const auto files = open_archive(file);
    return read_list(*files, ImageLocation{Transport::docker_archive, file, ""}.text()).size();
}

std::unique_ptr<ImageDestination> make_docker_archive_of(const std::string& file,
                                                         const std::vector<std::vector<std::string>>& names) {
    std::vector<std::vector<std::string>> whole(names.size());
    for (std::size_t i = 0; i < names.size(); ++i)
        for (const std::string& name : names[i]) whole[i].push_back(whole_name(name));
    return std::make_unique<DockerArchive>(file, "", std::move(whole));
}

std::unique_ptr<ImageDestination> make_docker_archive(const std::string& file, const std::string& name,
                                                      const std::vector<std::string>& further) {
    std::vector<std::string> names;
    if (!name.empty()) names.push_back(whole_name(name));
    for (const std::string& one : further)
        if (std::find(names.begin(), names.end(), one) == names.end()) names.push_back(one);
    return std::make_unique<DockerArchive>(file, name, std::vector<std::vector<std::string>>{std::move(names)});
}

}  // namespace registry

#include "registry/transport/containers_storage.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "layers/oci/image_config.hpp"
#include "layers/verifying_source.hpp"
#include "registry/reference.hpp"
#include "registry/settings/storage_conf.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/privileges.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;
using runtime::Error;
using runtime::quoted;
namespace oci = layers::oci;

constexpr std::size_t table_limit_bytes = 256U << 20;

/// A layer's tar, put together from the files of the layer and what tar-split has kept of the archive: headers and
/// padding, byte for byte. https://github.com/vbatts/tar-split, package storage.
class TarSplitSource final : public runtime::Source {
public:
    TarSplitSource(const std::string& table, const std::string& folder)
        : packed_(runtime::open_path(table, O_RDONLY), table),
          table_(layers::make_decompressor(layers::Compression::gzip, packed_)),
          root_(runtime::open_path(folder, O_RDONLY | O_DIRECTORY)),
          folder_(folder) {}

    std::size_t read(std::span<std::byte> buffer) override {
        if (buffer.empty()) return 0;
        for (;;) {
            if (!bytes_.empty()) {
                const std::size_t count = std::min(buffer.size(), bytes_.size());
                std::copy_n(std::as_bytes(std::span(bytes_)).begin(), count, buffer.begin());
                bytes_.erase(0, count);
                return count;
            }
            if (file_) {
                if (const std::size_t count = file_->read(buffer)) return count;
                file_.reset();
            }
            if (!next_entry()) return 0;
        }
    }

private:
    std::optional<std::string> next_line() {
        for (;;) {
            if (const std::size_t end = lines_.find('\n', line_start_); end != std::string::npos) {
                std::string line = lines_.substr(line_start_, end - line_start_);
                line_start_ = end + 1;
                return line;
            }
            lines_.erase(0, line_start_);
            line_start_ = 0;
            std::array<std::byte, 64 * 1024> buffer;
            const std::size_t count = table_->read(buffer);
            if (count == 0) return std::nullopt;
            lines_.append(reinterpret_cast<const char*>(buffer.data()), count);
        }
    }

    bool next_entry() {
        const auto line = next_line();
        if (!line) return false;
        const auto value = runtime::parse_json(*line, "an entry of tar-split");
        const runtime::JsonFields entry(value, "an entry of tar-split");
        constexpr std::int64_t file_type = 1;
        if (entry.integer_if_any("type") != file_type) {
            bytes_ = runtime::decode_base64(entry.text_or_empty("payload")).value_or("");
            return true;
        }
        if (entry.integer_if_any("size").value_or(0) == 0) return true;
        std::string name = entry.text_or_empty("name");
        if (name.empty()) name = runtime::decode_base64(entry.text_or_empty("name_raw")).value_or("");
        file_ =
            std::make_unique<runtime::FileSource>(runtime::open_in_root(root_, name, O_RDONLY), folder_ + "/" + name);
        return true;
    }

    runtime::FileSource packed_;
    std::unique_ptr<runtime::Source> table_;
    runtime::Fd root_;
    std::string folder_;
    std::string lines_;
    std::size_t line_start_ = 0;
    std::string bytes_;
    std::unique_ptr<runtime::FileSource> file_;
};

class VerifiedTar final : public runtime::Source {
public:
    VerifiedTar(const std::string& table, const std::string& folder, const Descriptor& descriptor)
        : tar_(table, folder), verifying_(tar_, descriptor.digest(), descriptor.size) {}
    std::size_t read(std::span<std::byte> buffer) override { return verifying_.read(buffer); }

private:
    TarSplitSource tar_;
    layers::VerifyingSource verifying_;
};

class StorageSource final : public ImageSource {
public:
    StorageSource(std::string root, const nlohmann::json& image, std::string name)
        : root_(std::move(root)), name_(std::move(name)) {
        const runtime::JsonFields fields(image, "an image of " + root_);
        id_ = fields.text("id");
        read_layers(fields.text_or_empty("layer"));
        config_ =
            runtime::read_file(fmt::format("{}/overlay-images/{}/{}", root_, id_, storage_data_name("sha256:" + id_)),
                               oci::config_limit_bytes);
        oci::Manifest manifest;
        manifest.config =
            oci::make_descriptor(layers::media_type::oci_config, layers::Digest::of(config_), config_.size());
        const std::string type = layers::media_type::layer({layers::Compression::none, false, layers::Flavour::oci});
        for (const Layer& layer : layers_)
            manifest.layers.push_back(
                oci::make_descriptor(type, layers::Digest::parse(layer.diff_id), layer.size_bytes));
        manifest_ = {oci::write_manifest(manifest), manifest.media_type};
    }

    RawManifest manifest() override { return manifest_; }
    RawManifest manifest(const Descriptor&) override { throw Error("{} holds no index", name_); }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        for (const Layer& layer : layers_)
            if (layer.diff_id == descriptor.digest_text)
                return std::make_unique<VerifiedTar>(fmt::format("{}/overlay-layers/{}.tar-split.gz", root_, layer.id),
                                                     fmt::format("{}/overlay/{}/diff", root_, layer.id), descriptor);
        return std::make_unique<runtime::MemorySource>(std::string_view(config_));
    }
    const std::string& name() const noexcept override { return name_; }

private:
    struct Layer {
        std::string id;
        std::string parent;
        std::string diff_id;
        std::uint64_t size_bytes = 0;
    };

    void read_layers(std::string top) {
        std::map<std::string, Layer> known;
        for (const char* file : {"layers.json", "volatile-layers.json"}) {
            const auto text = runtime::read_file_if_exists(root_ + "/overlay-layers/" + file, table_limit_bytes);
            if (!text) continue;
            const auto table = runtime::parse_json(*text, "the layers of " + root_);
            for (const auto& value : table) {
                const runtime::JsonFields layer(value, "a layer of " + root_);
                known[layer.text("id")] = {layer.text("id"), layer.text_or_empty("parent"),
                                           layer.text_or_empty("diff-digest"),
                                           static_cast<std::uint64_t>(layer.integer_if_any("diff-size").value_or(0))};
            }
        }
        for (std::size_t depth = 0; !top.empty() && depth < known.size() + 1; ++depth) {
            const auto found = known.find(top);
            if (found == known.end() || found->second.diff_id.empty())
                throw Error("{} lacks the layer {} of the image", root_, top);
            layers_.insert(layers_.begin(), found->second);
            top = found->second.parent;
        }
    }

    std::string root_;
    std::string name_;
    std::string id_;
    std::string config_;
    std::vector<Layer> layers_;  ///< bottom first
    RawManifest manifest_;
};

bool has_name(const runtime::JsonFields& image, const std::string& text) {
    const std::string id = text.starts_with("@") ? text.substr(1) : text;
    constexpr std::size_t shortest_id = 3;
    if (id.size() >= shortest_id && image.text("id").starts_with(id)) return true;
    const auto names = image.texts_or_empty("names");
    const Reference plain = Reference::parse_plain(text);
    std::vector<std::string> wanted{Reference::parse(text).for_pull().text()};
    if (plain.domain().empty()) wanted.push_back(Reference::parse("localhost/" + text).for_pull().text());
    return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    });
}

std::unique_ptr<ImageSource> find_image(const std::string& root, const std::string& name, const std::string& text) {
    const auto images = runtime::read_file_if_exists(root + "/overlay-images/images.json", table_limit_bytes);
    if (!images) return nullptr;
    const auto table = runtime::parse_json(*images, "the images of " + root);
    for (const auto& image : table)
        if (has_name(runtime::JsonFields(image, "an image of " + root), name))
            return std::make_unique<StorageSource>(root, image, text);
    return nullptr;
}

}  // namespace

std::string storage_data_name(const std::string& key) {
    const bool is_plain = std::all_of(
        key.begin(), key.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
    return is_plain ? key : "=" + runtime::encode_base64(key);
}

bool names_own_storage(const std::string& name) {
    return name.starts_with("[");
}

std::unique_ptr<ImageSource> open_containers_storage(const std::string& text) {
    std::vector<std::string> roots;
    std::string name = text;
    if (names_own_storage(text)) {
        const std::size_t end = text.find(']');
        if (end == std::string::npos) throw Error("{} has a [ without its ]", quoted(text));
        std::string place = text.substr(1, end - 1);
        name = text.substr(end + 1);
        if (const std::size_t at = place.find('@'); at != std::string::npos) {
            if (at > 0 && place.substr(0, at) != "overlay")
                throw Error("of containers-storage only the driver overlay is read, not {}", place.substr(0, at));
            place.erase(0, at + 1);
        }
        roots = {place.substr(0, place.find_first_of("+:"))};
    } else {
        roots = shared_storage_roots();
    }
    for (const std::string& root : roots)
        if (auto image = find_image(root, name, "containers-storage:" + text)) return image;
    return nullptr;
}

}  // namespace registry

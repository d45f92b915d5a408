#include "registry/encryption/encrypted_layers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <mutex>
#include <nlohmann/json.hpp>

#include "layers/oci/manifest.hpp"
#include "layers/verifying_source.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;
using runtime::Error;
namespace oci = layers::oci;

constexpr std::string_view annotation_prefix = "org.opencontainers.image.enc";
constexpr const char* keys_annotation = "org.opencontainers.image.enc.keys.jwe";
constexpr const char* options_annotation = "org.opencontainers.image.enc.pubopts";

std::string decode(const std::string& text, const char* what) {
    if (auto bytes = runtime::decode_base64(text)) return *std::move(bytes);
    throw Error("{} of an encrypted layer is no base64", what);
}

bool is_encrypted(const Descriptor& layer) {
    return layer.media_type.ends_with(encrypted_suffix);
}

struct OpenedSecret {
    LayerSecret secret;
    std::string hmac;
};

/// A layer may be wrapped several times; any one that a key opens is enough.
std::optional<std::string> open_options(const Descriptor& layer, const std::vector<CryptKey>& keys) {
    const auto wrapped = layer.annotations.find(keys_annotation);
    if (wrapped == layer.annotations.end()) return std::nullopt;
    for (const std::string_view one : runtime::split(wrapped->second, ','))
        if (auto text = open_jwe(decode(std::string(one), "the wrapped key"), keys)) return text;
    return std::nullopt;
}

OpenedSecret open_secret(const Descriptor& layer, const std::vector<CryptKey>& keys) {
    const auto options = open_options(layer, keys);
    if (!options)
        throw Error(
            "decrypting layer {}: no suitable key unwrapper found or none of the private keys could be used for "
            "decryption:\nno suitable key found for decrypting layer key:\n- JWE: No suitable private key found for "
            "decryption",
            layer.digest_text)
            .with_hint("give the private key of one of those that it was encrypted for with --decryption-key");
    const auto document = runtime::parse_json(*options, "the key of a layer");
    const runtime::JsonFields fields(document, "the key of a layer");
    const runtime::JsonFields cipher = fields.object("cipheroptions");
    OpenedSecret opened{{decode(fields.text("symkey"), "the key"), decode(cipher.text("nonce"), "the nonce")}, ""};
    const auto said = layer.annotations.find(options_annotation);
    if (said == layer.annotations.end()) return opened;
    const auto open_document = runtime::parse_json(decode(said->second, "the options"), "the options of a layer");
    opened.hmac = decode(runtime::JsonFields(open_document, "the options of a layer").text("hmac"), "the HMAC");
    return opened;
}

/// A file that goes with its owner.
struct OpenedLayer {
    explicit OpenedLayer(std::string file) : path(std::move(file)) {}
    ~OpenedLayer() { ::unlink(path.c_str()); }
    OpenedLayer(const OpenedLayer&) = delete;
    OpenedLayer& operator=(const OpenedLayer&) = delete;
    const std::string path;
};

class DecryptedSource final : public ImageSource {
public:
    DecryptedSource(ImageSource& source, const std::vector<CryptKey>& keys, layers::StagingArea& staging)
        : source_(source), keys_(keys), staging_(staging) {}

    RawManifest manifest() override { return opened(source_.manifest()); }
    RawManifest manifest(const Descriptor& descriptor) override { return opened(source_.manifest(descriptor)); }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        const std::lock_guard lock(mutex_);
        const auto found = layers_.find(descriptor.digest_text);
        if (found == layers_.end()) return source_.open_blob(descriptor);
        return std::make_unique<runtime::FileSource>(runtime::open_path(found->second->path, O_RDONLY),
                                                     descriptor.digest_text);
    }
    unsigned parallel_blobs() const noexcept override { return source_.parallel_blobs(); }
    const std::string& name() const noexcept override { return source_.name(); }

private:
    RawManifest opened(RawManifest raw) {
        if (raw.is_index()) return raw;
        oci::Manifest manifest = oci::parse_manifest(raw.text, raw.media_type);
        bool has_changed = false;
        for (Descriptor& layer : manifest.layers) {
            if (!is_encrypted(layer)) continue;
            open(layer);
            has_changed = true;
        }
        return has_changed ? RawManifest{oci::write_manifest(manifest), raw.media_type} : raw;
    }

    void open(Descriptor& layer) {
        const OpenedSecret secret = open_secret(layer, keys_);
        auto file = std::make_unique<OpenedLayer>(staging_.new_path());
        layers::DigestingSink digest;
        {
            const auto blob = source_.open_blob(layer);
            runtime::FileSink kept(runtime::open_path(file->path, O_WRONLY | O_CREAT | O_EXCL, 0600), file->path);
            runtime::TeeSink both(kept, digest);
            decrypt_layer(*blob, both, secret.secret, secret.hmac);
        }
        layer.media_type.resize(layer.media_type.size() - encrypted_suffix.size());
        std::erase_if(layer.annotations, [](const auto& one) { return one.first.starts_with(annotation_prefix); });
        layer.size = digest.size_bytes();
        layer.digest_text = digest.finish().text();
        const std::lock_guard lock(mutex_);
        layers_.insert_or_assign(layer.digest_text, std::move(file));
    }

    ImageSource& source_;
    const std::vector<CryptKey>& keys_;
    layers::StagingArea& staging_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<OpenedLayer>> layers_;  ///< by the digest of what is in them
};

}  // namespace

Descriptor encrypted_descriptor(const Descriptor& plain, const BlobInfo& written, const LayerSecret& secret,
                                const std::string& hmac, const LayerEncryption& encryption) {
    nlohmann::ordered_json hidden;
    hidden["symkey"] = runtime::encode_base64(secret.key);
    hidden["digest"] = plain.digest_text;
    hidden["cipheroptions"]["nonce"] = runtime::encode_base64(secret.nonce);
    nlohmann::ordered_json open;
    open["cipher"] = "AES_256_CTR_HMAC_SHA256";
    open["hmac"] = runtime::encode_base64(hmac);
    open["cipheroptions"] = nlohmann::ordered_json::object();
    Descriptor layer = plain;
    layer.media_type += encrypted_suffix;
    layer.digest_text = written.digest.text();
    layer.size = written.size_bytes;
    layer.annotations[keys_annotation] = runtime::encode_base64(wrap_in_jwe(hidden.dump(), encryption.recipients));
    layer.annotations[options_annotation] = runtime::encode_base64(open.dump());
    return layer;
}

std::unique_ptr<ImageSource> decrypted(ImageSource& source, const std::vector<CryptKey>& keys,
                                       layers::StagingArea& staging) {
    return std::make_unique<DecryptedSource>(source, keys, staging);
}

}  // namespace registry

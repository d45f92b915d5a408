#include "registry/encryption/layer_cipher.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <vector>

#include "runtime/base/error.hpp"

namespace registry {
namespace {

using runtime::Error;

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t piece_bytes = 64 * 1024;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};

const unsigned char* bytes_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// AES-256-CTR, which is the same in both directions.
class Cipher {
public:
    explicit Cipher(const LayerSecret& secret) : context_(EVP_CIPHER_CTX_new()) {
        if (secret.key.size() != key_bytes || secret.nonce.size() != nonce_bytes)
            throw Error("the key of a layer has {} bytes and its nonce {}, not {} and {}", secret.key.size(),
                        secret.nonce.size(), key_bytes, nonce_bytes);
        if (!context_ || EVP_EncryptInit_ex(context_.get(), EVP_aes_256_ctr(), nullptr, bytes_of(secret.key),
                                            bytes_of(secret.nonce)) != 1)
            throw Error("cannot set up the cipher of a layer");
    }

    /// At most a piece.
    runtime::Bytes apply(runtime::Bytes bytes) {
        int length = 0;
        if (EVP_EncryptUpdate(context_.get(), reinterpret_cast<unsigned char*>(out_.data()), &length,
                              reinterpret_cast<const unsigned char*>(bytes.data()),
                              static_cast<int>(bytes.size())) != 1)
            throw Error("cannot encrypt or decrypt a layer");
        return runtime::Bytes(out_).first(static_cast<std::size_t>(length));
    }

private:
    std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context_;
    std::vector<std::byte> out_ = std::vector<std::byte>(piece_bytes);
};

class Hmac {
public:
    explicit Hmac(const std::string& key)
        : mac_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)), context_(mac_ ? EVP_MAC_CTX_new(mac_.get()) : nullptr) {
        std::array<char, 7> method = {'S', 'H', 'A', '2', '5', '6', '\0'};
        const std::array<OSSL_PARAM, 2> parameters = {OSSL_PARAM_construct_utf8_string("digest", method.data(), 0),
                                                      OSSL_PARAM_construct_end()};
        if (!context_ || EVP_MAC_init(context_.get(), bytes_of(key), key.size(), parameters.data()) != 1)
            throw Error("cannot set up the HMAC of a layer");
    }
    void add(runtime::Bytes bytes) {
        if (EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) != 1)
            throw Error("cannot compute the HMAC of a layer");
    }
    std::string finish() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
        std::size_t length = 0;
        if (EVP_MAC_final(context_.get(), value.data(), &length, value.size()) != 1)
            throw Error("cannot compute the HMAC of a layer");
        return {reinterpret_cast<const char*>(value.data()), length};
    }

private:
    std::unique_ptr<EVP_MAC, FreeCipher> mac_;
    std::unique_ptr<EVP_MAC_CTX, FreeCipher> context_;
};

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
        throw Error("cannot get random numbers for the key of a layer");
    return bytes;
}

}  // namespace

LayerSecret LayerSecret::random() {
    return {random_bytes(key_bytes), random_bytes(nonce_bytes)};
}

class EncryptingSink::State {
public:
    explicit State(const LayerSecret& secret) : cipher(secret), hmac(secret.key) {}
    Cipher cipher;
    Hmac hmac;
};

EncryptingSink::EncryptingSink(runtime::Sink& out, const LayerSecret& secret)
    : out_(out), state_(std::make_unique<State>(secret)) {}
EncryptingSink::~EncryptingSink() = default;

void EncryptingSink::write(runtime::Bytes bytes) {
    while (!bytes.empty()) {
        const runtime::Bytes piece = bytes.first(std::min(bytes.size(), piece_bytes));
        const runtime::Bytes encrypted = state_->cipher.apply(piece);
        state_->hmac.add(encrypted);
        out_.write(encrypted);
        bytes = bytes.subspan(piece.size());
    }
}

std::string EncryptingSink::finish() {
    return state_->hmac.finish();
}

void decrypt_layer(runtime::Source& in, runtime::Sink& out, const LayerSecret& secret, const std::string& hmac) {
    if (hmac.empty()) throw Error("HMAC is not provided for decryption process");
    Cipher cipher(secret);
    Hmac found(secret.key);
    std::vector<std::byte> buffer(piece_bytes);
    for (std::size_t count; (count = in.read(buffer)) > 0;) {
        const runtime::Bytes piece = runtime::Bytes(buffer).first(count);
        found.add(piece);
        out.write(cipher.apply(piece));
    }
    const std::string computed = found.finish();
    if (computed.size() != hmac.size() || CRYPTO_memcmp(computed.data(), hmac.data(), hmac.size()) != 0)
        throw Error("could not properly decrypt byte stream: its HMAC is another one")
            .with_hint("the layer is damaged or was tampered with; get it again from where it came");
}

}  // namespace registry

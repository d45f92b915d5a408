#include "registry/encryption/jwe.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

namespace registry {
namespace {

using nlohmann::ordered_json;
using runtime::Error;

constexpr std::size_t content_key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

struct Free {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

CryptKey owned(EVP_PKEY* key) {
    return {key, [](EVP_PKEY* one) { EVP_PKEY_free(one); }};
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(bytes_of(bytes), static_cast<int>(count)) != 1) throw Error("cannot get random numbers");
    return bytes;
}

/// base64url without padding (RFC 7515, 2).
std::string encode_url(const std::string& bytes) {
    std::string text = runtime::encode_base64(bytes);
    std::erase(text, '=');
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

std::string decode_url(std::string text) {
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    if (auto bytes = runtime::decode_base64(text)) return *std::move(bytes);
    throw Error("a field of a JWE is no base64url");
}

/// RSA-OAEP with SHA-1, as the standard has it.
std::optional<std::string> apply_rsa(const CryptKey& key, const std::string& text, bool encrypts) {
    const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new(key.get(), nullptr));
    const auto begin = encrypts ? EVP_PKEY_encrypt_init : EVP_PKEY_decrypt_init;
    const auto apply = encrypts ? EVP_PKEY_encrypt : EVP_PKEY_decrypt;
    std::size_t length = 0;
    std::string result;
    const bool works = context && begin(context.get()) == 1 &&
                       EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
                       apply(context.get(), nullptr, &length, bytes_of(text), text.size()) == 1;
    if (works) {
        result.resize(length);
        if (apply(context.get(), bytes_of(result), &length, bytes_of(text), text.size()) == 1) {
            result.resize(length);
            return result;
        }
    }
    ERR_clear_error();
    return std::nullopt;
}

struct Sealed {
    std::string nonce, text, tag;
};

Sealed seal(const std::string& key, const std::string& text, const std::string& protected_text) {
    Sealed sealed{random_bytes(nonce_bytes), std::string(text.size(), '\0'), std::string(tag_bytes, '\0')};
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool works =
        context &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(sealed.nonce)) == 1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(protected_text),
                          static_cast<int>(protected_text.size())) == 1 &&
        EVP_EncryptUpdate(context.get(), bytes_of(sealed.text), &length, bytes_of(text),
                          static_cast<int>(text.size())) == 1 &&
        EVP_EncryptFinal_ex(context.get(), nullptr, &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, sealed.tag.data()) == 1;
    if (!works) throw Error("cannot encrypt the key of a layer");
    return sealed;
}

/// Nothing where the key is another one, or something was changed.
std::optional<std::string> unseal(const std::string& key, Sealed sealed, const std::string& protected_text) {
    if (key.size() != content_key_bytes || sealed.nonce.size() != nonce_bytes || sealed.tag.size() != tag_bytes)
        return std::nullopt;
    std::string text(sealed.text.size(), '\0');
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool works =
        context &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(sealed.nonce)) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(protected_text),
                          static_cast<int>(protected_text.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), bytes_of(text), &length, bytes_of(sealed.text),
                          static_cast<int>(sealed.text.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, sealed.tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), nullptr, &length) == 1;
    ERR_clear_error();
    return works ? std::optional(std::move(text)) : std::nullopt;
}

CryptKey require_rsa(CryptKey key) {
    if (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        throw Error("the key is no RSA key").with_hint("openssl genrsa makes one; elliptic curves are not there yet");
    return key;
}

/// What a reader makes of the content, in PEM or in DER.
CryptKey read_key(const std::string& content, const std::function<EVP_PKEY*(BIO*)>& pem,
                  const std::function<EVP_PKEY*(BIO*)>& der) {
    for (const auto& reader : {pem, der}) {
        const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
        EVP_PKEY* const key = bio ? reader(bio.get()) : nullptr;
        ERR_clear_error();
        if (key != nullptr) return owned(key);
    }
    return nullptr;
}

struct Password {
    const std::optional<std::string>& text;
    bool was_asked = false;
};

int give_password(char* room, int size, int, void* data) {
    auto* const password = static_cast<Password*>(data);
    password->was_asked = true;
    if (!password->text || password->text->size() > static_cast<std::size_t>(size)) return -1;
    std::copy(password->text->begin(), password->text->end(), room);
    return static_cast<int>(password->text->size());
}

}  // namespace

CryptKey parse_public_key(const std::string& content) {
    return require_rsa(read_key(
        content, [](BIO* bio) { return PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr); },
        [](BIO* bio) { return d2i_PUBKEY_bio(bio, nullptr); }));
}

CryptKey parse_private_key(const std::string& content, const std::optional<std::string>& password) {
    Password asked{password};
    const CryptKey key = read_key(
        content, [&](BIO* bio) { return PEM_read_bio_PrivateKey(bio, nullptr, give_password, &asked); },
        [](BIO* bio) { return d2i_PrivateKey_bio(bio, nullptr); });
    if (!key && asked.was_asked && !password) throw Error("Missing password for encrypted private key");
    if (!key && asked.was_asked) throw Error("Wrong password: could not decrypt private key");
    return require_rsa(key);
}

std::string wrap_in_jwe(const std::string& text, const std::vector<CryptKey>& keys) {
    const std::string content_key = random_bytes(content_key_bytes);
    const bool is_flat = keys.size() == 1;
    const std::string protected_text =
        encode_url(is_flat ? R"({"alg":"RSA-OAEP","enc":"A256GCM"})" : R"({"enc":"A256GCM"})");
    ordered_json recipients = ordered_json::array();
    for (const CryptKey& key : keys) {
        const auto wrapped = apply_rsa(key, content_key, true);
        if (!wrapped) throw Error("a public key cannot encrypt the key of a layer");
        recipients.push_back({{"header", {{"alg", "RSA-OAEP"}}}, {"encrypted_key", encode_url(*wrapped)}});
    }
    const Sealed sealed = seal(content_key, text, protected_text);
    ordered_json jwe;
    jwe["protected"] = protected_text;
    if (!is_flat) jwe["recipients"] = recipients;
    jwe["encrypted_key"] = recipients.front()["encrypted_key"];
    jwe["iv"] = encode_url(sealed.nonce);
    jwe["ciphertext"] = encode_url(sealed.text);
    jwe["tag"] = encode_url(sealed.tag);
    return jwe.dump();
}

std::optional<std::string> open_jwe(const std::string& json, const std::vector<CryptKey>& keys) {
    const auto document = runtime::parse_json(json, "a JWE");
    const runtime::JsonFields fields(document, "a JWE");
    const std::string protected_text = fields.text("protected");
    std::vector<std::string> wrapped;
    if (document.contains("recipients") && document["recipients"].is_array())
        for (const auto& recipient : document["recipients"])
            wrapped.push_back(decode_url(runtime::JsonFields(recipient, "a recipient of a JWE").text("encrypted_key")));
    else
        wrapped.push_back(decode_url(fields.text("encrypted_key")));
    const Sealed sealed{decode_url(fields.text("iv")), decode_url(fields.text("ciphertext")),
                        decode_url(fields.text("tag"))};
    for (const CryptKey& key : keys)
        for (const std::string& one : wrapped)
            if (const auto content_key = apply_rsa(key, one, false))
                if (auto text = unseal(*content_key, sealed, protected_text)) return text;
    return std::nullopt;
}

}  // namespace registry

#include "layers/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "runtime/base/error.hpp"

namespace layers {
namespace {

constexpr std::size_t sha256_hex_digits = 64;
constexpr std::size_t sha512_hex_digits = 128;

bool is_lower_hex(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The method, fetched once: fetching costs more than hashing a small file.
const EVP_MD* method(Algorithm algorithm) {
    // No configuration file is read: it costs a millisecond at every start and nothing here depends on it.
    static const int initialised = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (initialised != 1 || sha256 == nullptr) throw runtime::Error("OpenSSL has no SHA-256");
    if (algorithm == Algorithm::sha256) return sha256;
    static EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
    if (sha512 == nullptr) throw runtime::Error("OpenSSL has no SHA-512");
    return sha512;
}

}  // namespace

std::optional<Digest> Digest::parse_if_valid(std::string_view text) {
    const bool is_sha256 = text.starts_with("sha256:") && text.size() == 7 + sha256_hex_digits;
    const bool is_sha512 = text.starts_with("sha512:") && text.size() == 7 + sha512_hex_digits;
    if ((!is_sha256 && !is_sha512) || !is_lower_hex(text.substr(7))) return std::nullopt;
    return Digest(std::string(text));
}

Digest Digest::parse(std::string_view text) {
    if (auto digest = parse_if_valid(text)) return *std::move(digest);
    throw runtime::Error("{} is not a digest (sha256: and 64 lower-case hex digits)", runtime::quoted(text));
}

Digest Digest::of(std::string_view bytes) {
    Hasher hasher;
    hasher.write(bytes);
    return hasher.finish();
}

void Hasher::Releaser::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

Hasher::Hasher(Algorithm algorithm) : context_(EVP_MD_CTX_new()), algorithm_(algorithm) {
    if (!context_ || EVP_DigestInit_ex2(context_.get(), method(algorithm), nullptr) != 1)
        throw runtime::Error("cannot start a digest");
}

void Hasher::write(runtime::Bytes bytes) {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1)
        throw runtime::Error("cannot compute a digest");
}

Digest Hasher::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
    unsigned length = 0;
    if (EVP_DigestFinal_ex(context_.get(), value.data(), &length) != 1) throw runtime::Error("cannot finish a digest");
    const char* const prefix = algorithm_ == Algorithm::sha256 ? "sha256:" : "sha512:";
    return Digest(prefix + to_hex(std::as_bytes(std::span(value).first(length))));
}

std::string to_hex(runtime::Bytes bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        text += digits[static_cast<std::size_t>(byte >> 4)];
        text += digits[static_cast<std::size_t>(byte & std::byte{15})];
    }
    return text;
}

}  // namespace layers

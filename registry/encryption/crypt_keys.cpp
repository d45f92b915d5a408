#include "registry/encryption/crypt_keys.hpp"

#include <unistd.h>

#include <array>
#include <charconv>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using runtime::Error;

constexpr std::size_t limit_bytes = 1U << 20;

std::string read_key_file(const std::string& path, const char* act) {
    if (::access(path.c_str(), R_OK) != 0) throw runtime::SystemError("{}open {}", act, path);
    return runtime::read_file(path, limit_bytes);
}

/// As the other tools read it: once, and no more than that.
std::string read_descriptor(const std::string& text) {
    int number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    std::array<char, 64> buffer{};
    const ssize_t count = ::read(number, buffer.data(), buffer.size());
    if (count < 0) throw runtime::SystemError("could not read password from file descriptor {}", text);
    return {buffer.data(), static_cast<std::size_t>(count)};
}

std::string parse_password(const std::string& text) {
    if (text.starts_with("pass=")) return text.substr(5);
    if (text.starts_with("file=")) return read_key_file(text.substr(5), "");
    if (text.starts_with("fd=")) return read_descriptor(text.substr(3));
    return text;
}

CryptKey parse_recipient(const std::string& text) {
    const auto [scheme, file] = runtime::split_once(text, ':');
    if (scheme.size() == text.size()) throw Error("Invalid recipient format").with_hint("it is written as jwe:FILE");
    if (scheme == "pkcs7" || scheme == "pgp")
        throw Error("keys of the kind {} are not there yet", scheme).with_hint("jwe:FILE takes a public RSA key");
    if (scheme != "jwe") throw Error("Provided protocol not recognized").with_hint("it is written as jwe:FILE");
    const CryptKey key = parse_public_key(read_key_file(std::string(file), "Unable to read file: "));
    if (!key)
        throw Error("File provided is not a public key")
            .with_hint("openssl rsa -in KEY -pubout writes the public key of a private one");
    return key;
}

}  // namespace

std::vector<bool> LayerEncryption::chosen(std::size_t layers) const {
    std::vector<bool> wanted(layers, positions.empty());
    const auto count = static_cast<std::int64_t>(layers);
    for (const std::int64_t position : positions) {
        const std::int64_t index = position < 0 ? count + position : position;
        if (index < 0 || index >= count)
            throw Error("when choosing layers to encrypt, layer index {} out of range ({} layers exist)", position,
                        layers);
        wanted[static_cast<std::size_t>(index)] = true;
    }
    return wanted;
}

std::vector<CryptKey> parse_encryption_keys(const std::vector<std::string>& texts) {
    std::vector<CryptKey> keys;
    try {
        for (const std::string& text : texts)
            for (const std::string_view one : runtime::split(text, ','))
                if (!one.empty()) keys.push_back(parse_recipient(std::string(one)));
    } catch (Error& error) {
        error.add_context("unable to obtain encryption config: invalid encryption keys");
        throw;
    }
    return keys;
}

std::vector<CryptKey> parse_decryption_keys(const std::vector<std::string>& texts) {
    std::vector<CryptKey> keys;
    try {
        for (const std::string& text : texts) {
            if (text.empty()) continue;
            const auto parts = runtime::split(text, ':');
            const std::string content = read_key_file(std::string(parts.front()), "");
            std::optional<std::string> password;
            if (parts.size() == 2) password = parse_password(std::string(parts[1]));
            if (const CryptKey key = parse_private_key(content, password)) keys.push_back(key);
        }
    } catch (Error& error) {
        error.add_context("unable to obtain decryption config: invalid decryption keys");
        throw;
    }
    return keys;
}

}  // namespace registry

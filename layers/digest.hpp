// Digests name content: "sha256:<64 hex digits>". OCI image-spec, descriptor.md, "Digests".
#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/stream.hpp"

struct evp_md_ctx_st;

namespace layers {

enum class Algorithm { sha256, sha512 };

/// An algorithm with a value, always well formed.
class Digest {
public:
    /// Takes "sha256:…" or "sha512:…" with lower-case hex of the right length; throws Error on anything else.
    static Digest parse(std::string_view text);
    static std::optional<Digest> parse_if_valid(std::string_view text);
    /// The SHA-256 of bytes.
    static Digest of(std::string_view bytes);

    /// "sha256:…", as it stands in documents.
    const std::string& text() const noexcept { return text_; }
    Algorithm algorithm() const noexcept {
        return text_.starts_with("sha256:") ? Algorithm::sha256 : Algorithm::sha512;
    }
    std::string_view algorithm_name() const noexcept { return std::string_view(text_).substr(0, 6); }
    std::string_view hex() const noexcept { return std::string_view(text_).substr(7); }

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the zero of the comparison for a pointer.
    auto operator<=>(const Digest&) const = default;

private:
    friend class Hasher;
    explicit Digest(std::string text) noexcept : text_(std::move(text)) {}
    std::string text_;
};

/// Computes a digest while bytes pass by. Usable once: finish() ends it.
class Hasher final : public runtime::Sink {
public:
    using Sink::write;
    explicit Hasher(Algorithm algorithm = Algorithm::sha256);
    Hasher(Hasher&&) noexcept = default;
    Hasher& operator=(Hasher&&) noexcept = default;
    void write(runtime::Bytes bytes) override;
    Digest finish();

private:
    struct Releaser {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };
    std::unique_ptr<evp_md_ctx_st, Releaser> context_;
    Algorithm algorithm_;
};

/// Two lower-case hex digits a byte.
std::string to_hex(runtime::Bytes bytes);

}  // namespace layers

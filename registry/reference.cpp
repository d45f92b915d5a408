#include "registry/reference.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"

namespace registry {
namespace {

using runtime::Error;
using runtime::in_lower_case;
using runtime::quoted;

constexpr std::size_t longest_path = 255;
constexpr std::size_t longest_tag = 128;
constexpr std::string_view default_domain = "docker.io";
constexpr std::string_view legacy_default_domain = "index.docker.io";
constexpr std::string_view official_prefix = "library/";

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
bool is_lower(char byte) {
    return byte >= 'a' && byte <= 'z';
}
bool is_upper(char byte) {
    return byte >= 'A' && byte <= 'Z';
}
bool is_alphanumeric(char byte) {
    return is_digit(byte) || is_lower(byte) || is_upper(byte);
}
bool is_hexadecimal(char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

template <typename Test>
bool consists_of(std::string_view text, const Test& test) {
    return !text.empty() && std::all_of(text.begin(), text.end(), test);
}

/// Calls test for each part between the marks.
template <typename Test>
bool all_parts(std::string_view text, char mark, const Test& test) {
    for (;;) {
        const std::size_t end = text.find(mark);
        if (!test(text.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}

bool is_domain_component(std::string_view text) {
    return consists_of(text, [](char byte) { return is_alphanumeric(byte) || byte == '-'; }) && text.front() != '-' &&
           text.back() != '-';
}

/// Lower-case words joined by `.`, `_`, `__` or any number of dashes.
bool is_path_component(std::string_view text) {
    const auto is_word_byte = [](char byte) { return is_digit(byte) || is_lower(byte); };
    if (text.empty() || !is_word_byte(text.front()) || !is_word_byte(text.back())) return false;
    while (!text.empty()) {
        const auto word_end = std::find_if_not(text.begin(), text.end(), is_word_byte);
        text.remove_prefix(static_cast<std::size_t>(word_end - text.begin()));
        const auto separator_end = std::find_if(text.begin(), text.end(), is_word_byte);
        const std::string_view separator = text.substr(0, static_cast<std::size_t>(separator_end - text.begin()));
        const bool is_separator = separator.empty() || separator == "." || separator == "_" || separator == "__" ||
                                  separator.find_first_not_of('-') == std::string_view::npos;
        if (!is_separator) return false;
        text.remove_prefix(separator.size());
    }
    return true;
}

bool is_path(std::string_view text) {
    return all_parts(text, '/', is_path_component);
}

/// algorithm:hexadecimal, whatever the algorithm.
bool looks_like_digest(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const std::string_view algorithm = text.substr(0, colon);
    const auto is_algorithm_byte = [](char byte) {
        return is_alphanumeric(byte) || std::string_view("-_+.").find(byte) != std::string_view::npos;
    };
    bool at_start = true;
    for (const char byte : algorithm) {
        const bool is_letter = is_lower(byte) || is_upper(byte);
        if (!is_algorithm_byte(byte) || (at_start && !is_letter)) return false;
        at_start = !is_alphanumeric(byte);
    }
    const std::string_view hexadecimal = text.substr(colon + 1);
    return !at_start && hexadecimal.size() >= 32 && consists_of(hexadecimal, is_hexadecimal);
}

layers::Digest parse_digest(std::string_view text, std::string_view whole) {
    if (auto digest = layers::Digest::parse_if_valid(text)) return std::move(*digest);
    const std::string_view algorithm = text.substr(0, text.find(':'));
    if (algorithm != "sha256" && algorithm != "sha512")
        throw Error("invalid reference format: unsupported digest algorithm {} in {}", quoted(algorithm),
                    quoted(whole));
    const std::size_t wanted = algorithm == "sha256" ? 64 : 128;
    if (text.size() - algorithm.size() - 1 != wanted)
        throw Error("invalid checksum digest length in {}: {} takes {} hexadecimal digits", quoted(whole), algorithm,
                    wanted);
    throw Error("invalid checksum digest format in {}: hexadecimal digits must be lower case", quoted(whole));
}

/// A reference cut into its parts, none of them checked.
struct Parts {
    std::string_view name;
    std::optional<std::string_view> tag;
    std::optional<std::string_view> digest;
};

Parts cut(std::string_view text) {
    Parts parts;
    if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
        parts.digest = text.substr(at + 1);
        text = text.substr(0, at);
    }
    const std::size_t slash = text.rfind('/');
    const std::size_t colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
    parts.name = text.substr(0, colon);
    if (colon != std::string_view::npos) parts.tag = text.substr(colon + 1);
    return parts;
}

/// Splits a name; nothing when it fits neither as domain and path nor as a path alone.
std::optional<std::pair<std::string_view, std::string_view>> split_name(std::string_view name) {
    const std::size_t slash = name.find('/');
    if (slash != std::string_view::npos && is_domain(name.substr(0, slash)) && is_path(name.substr(slash + 1)))
        return std::pair(name.substr(0, slash), name.substr(slash + 1));
    if (is_path(name)) return std::pair(std::string_view(), name);
    return std::nullopt;
}

bool is_well_formed(const Parts& parts) {
    return split_name(parts.name) && (!parts.tag || is_tag(*parts.tag)) &&
           (!parts.digest || looks_like_digest(*parts.digest));
}

[[noreturn]] void refuse(std::string_view text) {
    if (text.empty()) throw Error("invalid reference format: the name of an image is empty");
    if (is_well_formed(cut(in_lower_case(text))))
        throw Error("invalid reference format: repository name must be lowercase in {}", quoted(text))
            .with_hint("did you mean " + in_lower_case(text) + "?");
    throw Error("invalid reference format: {}", quoted(text))
        .with_hint("a name is [HOST[:PORT]/]PATH[:TAG][@DIGEST], in lower case, without blanks");
}

/// Puts in the domain and the folder of official images where they are left out.
std::string completed(std::string_view text) {
    const std::size_t slash = text.find('/');
    std::string_view domain = default_domain;
    std::string_view path = text;
    if (slash != std::string_view::npos) {
        const std::string_view first = text.substr(0, slash);
        const bool is_legacy = first == legacy_default_domain;
        const bool names_domain = first == "localhost" || is_legacy ||
                                  first.find_first_of(".:") != std::string_view::npos || in_lower_case(first) != first;
        if (names_domain) {
            domain = is_legacy ? default_domain : first;
            path = text.substr(slash + 1);
        }
    }
    const bool is_official = domain == default_domain && path.find('/') == std::string_view::npos;
    return std::string(domain) + "/" + std::string(is_official ? official_prefix : "") + std::string(path);
}

}  // namespace

bool is_image_id(std::string_view text) {
    return text.size() == 64 &&
           consists_of(text, [](char byte) { return is_digit(byte) || (byte >= 'a' && byte <= 'f'); });
}

bool is_domain(std::string_view text) {
    const bool is_address = text.starts_with('[');
    const std::size_t host_end = is_address ? text.find(']') + 1 : std::min(text.find(':'), text.size());
    if (host_end == 0) return false;
    const std::string_view host = text.substr(0, host_end);
    const std::string_view port = text.substr(host_end);
    const bool is_host = is_address ? consists_of(host.substr(1, host.size() - 2),
                                                  [](char byte) { return is_hexadecimal(byte) || byte == ':'; })
                                    : all_parts(host, '.', is_domain_component);
    return is_host && (port.empty() || (port.front() == ':' && consists_of(port.substr(1), is_digit)));
}

bool is_tag(std::string_view text) {
    const auto is_tag_byte = [](char byte) {
        return is_alphanumeric(byte) || byte == '_' || byte == '.' || byte == '-';
    };
    return consists_of(text, is_tag_byte) && text.size() <= longest_tag && text.front() != '.' && text.front() != '-';
}

Reference Reference::parse_plain(std::string_view text) {
    const Parts parts = cut(text);
    if (!is_well_formed(parts)) refuse(text);
    const auto name = *split_name(parts.name);
    if (name.second.size() > longest_path)
        throw Error("repository name must not be more than {} characters: {}", longest_path, quoted(name.second));
    Reference reference;
    reference.domain_ = name.first;
    reference.path_ = name.second;
    if (parts.tag) reference.tag_ = *parts.tag;
    if (parts.digest) reference.digest_ = parse_digest(*parts.digest, text);
    return reference;
}

Reference Reference::parse(std::string_view text) {
    if (is_image_id(text))
        throw Error("invalid repository name {}: 64 hexadecimal digits are the ID of an image", quoted(text));
    if (text.empty()) refuse(text);
    const std::string complete = completed(text);
    const std::string_view path = std::string_view(complete).substr(complete.find('/') + 1);
    const std::string_view name = path.substr(0, path.find(':'));
    if (in_lower_case(name) != name)
        throw Error("invalid reference format: repository name must be lowercase in {}", quoted(text))
            .with_hint("did you mean " + in_lower_case(text) + "?");
    try {
        return parse_plain(complete);
    } catch (Error& error) {
        if (text != complete) error.add_context("image name {}", quoted(text));
        throw;
    }
}

Reference Reference::parse_canonical(std::string_view text) {
    Reference reference = parse(text);
    if (reference.text() != text)
        throw Error("repository name must be canonical: {}", quoted(text)).with_hint("write " + reference.text());
    return reference;
}

std::string Reference::name() const {
    return domain_.empty() ? path_ : domain_ + "/" + path_;
}

std::string Reference::version() const {
    return (tag_ ? ":" + *tag_ : "") + (digest_ ? "@" + digest_->text() : "");
}

std::string Reference::text() const {
    return name() + version();
}

std::string Reference::familiar_name() const {
    if (domain_ != default_domain) return name();
    const bool is_official =
        path_.starts_with(official_prefix) && path_.find('/', official_prefix.size()) == std::string::npos;
    return is_official ? path_.substr(official_prefix.size()) : path_;
}

std::string Reference::familiar_text() const {
    return familiar_name() + version();
}

Reference Reference::with_tag(std::string_view tag) const {
    if (!is_tag(tag)) throw Error("invalid tag {}", quoted(tag));
    Reference reference = *this;
    reference.tag_ = tag;
    return reference;
}

Reference Reference::with_digest(layers::Digest digest) const {
    Reference reference = *this;
    reference.digest_ = std::move(digest);
    return reference;
}

Reference Reference::without_version() const {
    Reference reference = *this;
    reference.tag_.reset();
    reference.digest_.reset();
    return reference;
}

Reference Reference::for_pull() const {
    if (digest_) return without_version().with_digest(*digest_);
    return tag_ ? *this : with_tag("latest");
}

NameOrDigest parse_any_reference(std::string_view text) {
    if (is_image_id(text)) return layers::Digest::parse("sha256:" + std::string(text));
    if (auto digest = layers::Digest::parse_if_valid(text)) return std::move(*digest);
    return Reference::parse(text);
}

}  // namespace registry

#include "builder/syntax/git_url.hpp"

#include <algorithm>
#include <array>

#include "builder/syntax/suggest.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

std::string_view cut(std::string_view& text, char mark) {
    const std::size_t position = text.find(mark);
    if (position == std::string_view::npos) return {};
    const std::string_view behind = text.substr(position + 1);
    text = text.substr(0, position);
    return behind;
}

/// user@host:path
bool is_scp_form(std::string_view text) {
    const std::size_t at = text.find('@');
    const std::size_t colon = text.find(':');
    if (at == std::string_view::npos || colon == std::string_view::npos || at == 0 || colon <= at + 1) return false;
    const auto is_name_byte = [](char byte) {
        return is_letter(static_cast<unsigned char>(byte)) || is_digit(static_cast<unsigned char>(byte)) ||
               byte == '-' || byte == '_' || byte == '.' || byte == '@';
    };
    const std::string_view name = text.substr(0, colon);
    return std::all_of(name.begin(), name.end(), is_name_byte);
}

std::string percent_decoded(std::string_view text) {
    const auto value = [](char digit) -> int {
        const std::size_t index = std::string_view("0123456789abcdef").find(to_lower(std::string_view(&digit, 1)));
        return index == std::string_view::npos ? -1 : static_cast<int>(index);
    };
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && value(text[i + 1]) >= 0 && value(text[i + 2]) >= 0) {
            result += static_cast<char>(value(text[i + 1]) * 16 + value(text[i + 2]));
            i += 2;
        } else {
            result += text[i] == '+' ? ' ' : text[i];
        }
    }
    return result;
}

bool boolean_of(std::string_view key, const std::string& value) {
    if (value.empty() || value == "true" || value == "1") return true;
    if (value == "false" || value == "0") return false;
    throw Error("invalid value {} of {} in the git URL: expected true or false", quoted(value), quoted(key));
}

void set_once(std::string& field, std::string value, std::string_view what) {
    if (!field.empty() && field != value)
        throw Error("{} conflicts: the git URL names both {} and {}", what, quoted(field), quoted(value));
    field = std::move(value);
}

void apply_parameter(GitUrl& url, const std::string& key, const std::string& value) {
    constexpr std::array<std::string_view, 10> keys = {
        "ref",    "tag",          "branch",     "subdir", "checksum",
        "commit", "keep-git-dir", "submodules", "mtime",  "fetch-by-commit"};
    if (key == "ref") {
        set_once(url.ref, value, "ref");
    } else if (key == "tag") {
        set_once(url.ref, "refs/tags/" + value, "ref");
    } else if (key == "branch") {
        set_once(url.ref, "refs/heads/" + value, "ref");
    } else if (key == "subdir") {
        set_once(url.subfolder, value, "subdir");
    } else if (key == "checksum" || key == "commit") {
        set_once(url.checksum, value, "checksum");
    } else if (key == "keep-git-dir") {
        url.keep_git_folder = boolean_of(key, value);
    } else if (key == "submodules") {
        url.submodules = boolean_of(key, value);
    } else if (key == "fetch-by-commit") {
        url.fetch_by_commit = boolean_of(key, value);
    } else if (key == "mtime") {
        if (value != "checkout" && value != "commit")
            throw Error("invalid value {} of 'mtime' in the git URL: expected checkout or commit", quoted(value));
        url.mtime = value;
    } else {
        throw Error("unexpected query \"{}\" in the git URL", key).with_hint(did_you_mean(key, keys));
    }
}

void apply_query(GitUrl& url, std::string_view query) {
    while (!query.empty()) {
        std::string_view pair = query;
        query = cut(pair, '&');
        if (pair.empty()) continue;
        const std::string value = percent_decoded(cut(pair, '='));
        apply_parameter(url, percent_decoded(pair), value);
    }
}

/// False when the text without query and fragment is nothing that git would fetch.
bool read_remote(GitUrl& url, std::string_view text) {
    const std::size_t protocol_end = text.find("://");
    const std::string protocol = to_lower(text.substr(0, std::min(protocol_end, text.size())));
    if (protocol_end == std::string_view::npos) {
        url.may_be_local_path = text.starts_with("github.com/");
        return url.may_be_local_path || is_scp_form(text);
    }
    url.is_unencrypted = protocol == "http" || protocol == "git";
    if (protocol == "http" || protocol == "https") return text.ends_with(".git");
    return protocol == "ssh" || protocol == "git";
}

}  // namespace

std::optional<GitUrl> parse_git_url(std::string_view text) {
    GitUrl url;
    std::string_view remote = text;
    std::string_view fragment = cut(remote, '#');
    const std::string_view query = cut(remote, '?');
    if (!read_remote(url, remote)) return std::nullopt;
    url.remote = remote;
    const std::string_view subfolder = cut(fragment, ':');
    url.ref = fragment;
    url.subfolder = subfolder;
    std::string_view name = remote.substr(remote.find_last_of('/') + 1);
    if (name.ends_with(".git")) name.remove_suffix(4);
    url.short_name = name;
    apply_query(url, query);
    return url;
}

GitAddress address_of(const std::string& remote) {
    const std::size_t end = remote.find("://");
    if (end == std::string::npos) return {};
    GitAddress address{remote.substr(0, end), remote.substr(end + 3)};
    address.host = address.host.substr(0, address.host.find('/'));
    address.host = address.host.substr(address.host.rfind('@') + 1);
    return address;
}

std::string with_protocol(const std::string& remote) {
    return remote.starts_with("github.com/") ? "https://" + remote : remote;
}

namespace {

/// Where the user and the password of an address stand: from `start` up to the @ at `end`; nothing where there is none.
struct UserPart {
    std::size_t start;
    std::size_t end;
};

std::optional<UserPart> user_part(const std::string& remote) {
    const std::size_t protocol = remote.find("://");
    if (protocol == std::string::npos) return std::nullopt;
    const std::size_t start = protocol + 3;
    const std::size_t at = remote.rfind('@', std::min(remote.find_first_of("/?#", start), remote.size()));
    if (at == std::string::npos || at < start) return std::nullopt;
    return UserPart{start, at};
}

}  // namespace

GitLogin take_login(std::string& remote) {
    const auto part = user_part(remote);
    if (!part || !address_of(remote).protocol.starts_with("http")) return {};
    const std::string text = remote.substr(part->start, part->end - part->start);
    remote.erase(part->start, part->end + 1 - part->start);
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return {text, std::nullopt};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

std::string shown_remote(std::string remote) {
    take_login(remote);
    const auto part = user_part(remote);
    const std::size_t colon = part ? remote.find(':', part->start) : std::string::npos;
    if (part && colon < part->end) remote.erase(colon, part->end - colon);
    return remote;
}

}  // namespace builder

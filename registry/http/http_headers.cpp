#include "registry/http/http_headers.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/base/error.hpp"

namespace registry {
namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// RFC 9110, section 5.6.2: "token".
bool is_name_character(char c) noexcept {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

void check(const std::string& name, const std::string& value) {
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_character))
        throw runtime::Error("{} is not the name of a header field", runtime::quoted(name));
    // The value is left out of the message: it may be a secret.
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
        throw runtime::Error("the value of the header field {} has a line end in it", runtime::quoted(name));
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t start = text.find_first_not_of(blanks);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(blanks) - start + 1);
}

bool equal_without_case(std::string_view left, std::string_view right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

HttpHeaders::HttpHeaders(std::initializer_list<HttpHeader> headers) {
    for (const HttpHeader& header : headers) add(header.name, header.value);
}

void HttpHeaders::add(std::string name, std::string value) {
    check(name, value);
    headers_.push_back({std::move(name), std::move(value)});
}

void HttpHeaders::set(std::string name, std::string value) {
    std::erase_if(headers_, [&](const HttpHeader& header) { return equal_without_case(header.name, name); });
    add(std::move(name), std::move(value));
}

std::optional<std::string> HttpHeaders::find(std::string_view name) const {
    for (const HttpHeader& header : headers_)
        if (equal_without_case(header.name, name)) return header.value;
    return std::nullopt;
}

std::vector<std::string> HttpHeaders::find_all(std::string_view name) const {
    std::vector<std::string> values;
    for (const HttpHeader& header : headers_)
        if (equal_without_case(header.name, name)) values.push_back(header.value);
    return values;
}

std::optional<std::uint64_t> HttpHeaders::find_number(std::string_view name) const {
    const auto text = find(name);
    if (!text) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return number;
}

}  // namespace registry

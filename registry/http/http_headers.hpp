// Header fields of requests and answers. RFC 9110, section 5.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace registry {

struct HttpHeader {
    std::string name;
    std::string value;
};

/// Fields in the order in which they were added; names are compared without regard to case.
class HttpHeaders {
public:
    HttpHeaders() = default;
    HttpHeaders(std::initializer_list<HttpHeader> headers);

    /// Throws Error for what would not stay on its line, or is no name.
    void add(std::string name, std::string value);
    /// Takes the place of all fields of that name.
    void set(std::string name, std::string value);
    /// The first value; nothing where there is none.
    std::optional<std::string> find(std::string_view name) const;
    std::vector<std::string> find_all(std::string_view name) const;
    bool has(std::string_view name) const { return find(name).has_value(); }
    /// The value of a field that holds a number, as Content-Length does; nothing where it is none.
    std::optional<std::uint64_t> find_number(std::string_view name) const;

    const std::vector<HttpHeader>& all() const noexcept { return headers_; }
    void clear() noexcept { headers_.clear(); }

private:
    std::vector<HttpHeader> headers_;
};

/// Without white space at both ends.
std::string_view trimmed(std::string_view text) noexcept;
bool equal_without_case(std::string_view left, std::string_view right) noexcept;

}  // namespace registry

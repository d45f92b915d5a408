// The variables that a stage sees: ENV and ARG in one list. Of one name, ENV wins in either order.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace builder {

/// No program could be given a longer one (Linux: 128 KiB), but other steps may use it.
inline constexpr std::size_t variable_limit_bytes = 1U << 20;
inline constexpr std::size_t all_variables_limit_bytes = 8U << 20;

/// Names with values, in the order of their first appearance.
class Variables {
public:
    /// ENV. Throws Error where the value, or all of them together, are too long.
    void set(const std::string& name, std::string value);
    /// ARG: does nothing where an ENV has set the name. Throws as set().
    void set_argument(const std::string& name, std::string value);
    std::optional<std::string> get(std::string_view name) const;
    bool contains(std::string_view name) const { return get(name).has_value(); }
    const std::vector<std::pair<std::string, std::string>>& all() const noexcept { return values_; }
    /// "NAME=value" each.
    std::vector<std::string> as_environment() const;
    /// What a stage on top of this one takes over.
    Variables only_environment() const;
    /// Takes "NAME=value" texts, as an image's configuration has them.
    static Variables from_environment(const std::vector<std::string>& environment);

private:
    void put(const std::string& name, std::string value);

    std::vector<std::pair<std::string, std::string>> values_;
    std::set<std::string, std::less<>> environment_;  ///< the names that ENV has set
    std::size_t total_bytes_ = 0;
};

/// Build arguments that need no ARG and never enter a cache key: proxies. Compared in both cases.
bool is_proxy_argument(std::string_view name);

/// Build arguments that mean something without an ARG: proxies, platforms, and what steers the build.
bool is_predefined_argument(std::string_view name);

}  // namespace builder

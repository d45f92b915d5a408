// The variables that a stage sees: ENV and ARG in one list, where the later word wins.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace builder {

/// Names with values, in the order of their first appearance.
class Variables {
public:
    void set(const std::string& name, std::string value);
    std::optional<std::string> get(std::string_view name) const;
    bool contains(std::string_view name) const { return get(name).has_value(); }
    const std::vector<std::pair<std::string, std::string>>& all() const noexcept { return values_; }
    /// "NAME=value" each.
    std::vector<std::string> as_environment() const;
    /// Takes "NAME=value" texts, as an image's configuration has them.
    static Variables from_environment(const std::vector<std::string>& environment);

private:
    std::vector<std::pair<std::string, std::string>> values_;
};

/// Build arguments that need no ARG and never enter a cache key: proxies. Compared in both cases.
bool is_proxy_argument(std::string_view name);

/// Build arguments that mean something without an ARG: proxies, platforms, and what steers the build.
bool is_predefined_argument(std::string_view name);

}  // namespace builder

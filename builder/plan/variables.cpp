#include "builder/plan/variables.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"

namespace builder {

void Variables::set(const std::string& name, std::string value) {
    put(name, std::move(value));
    environment_.insert(name);
}

void Variables::set_argument(const std::string& name, std::string value) {
    if (!environment_.contains(name)) put(name, std::move(value));
}

void Variables::put(const std::string& name, std::string value) {
    const auto found =
        std::find_if(values_.begin(), values_.end(), [&](const auto& pair) { return pair.first == name; });
    if (value.size() > variable_limit_bytes)
        throw runtime::Error("the value of {} is longer than {} bytes", name, variable_limit_bytes);
    total_bytes_ += value.size() + (found == values_.end() ? name.size() : 0);
    total_bytes_ -= found == values_.end() ? 0 : found->second.size();
    if (total_bytes_ > all_variables_limit_bytes)
        throw runtime::Error("with {}, all variables together are longer than {} bytes", name,
                             all_variables_limit_bytes);
    if (found != values_.end())
        found->second = std::move(value);
    else
        values_.emplace_back(name, std::move(value));
}

std::optional<std::string> Variables::get(std::string_view name) const {
    for (const auto& [known, value] : values_)
        if (known == name) return value;
    return std::nullopt;
}

std::vector<std::string> Variables::as_environment() const {
    std::vector<std::string> environment;
    for (const auto& [name, value] : values_) environment.push_back(name + "=" + value);
    return environment;
}

Variables Variables::only_environment() const {
    Variables result;
    for (const auto& [name, value] : values_)
        if (environment_.contains(name)) result.set(name, value);
    return result;
}

Variables Variables::from_environment(const std::vector<std::string>& environment) {
    Variables variables;
    for (const std::string& text : environment) {
        const auto equals = text.find('=');
        variables.set(text.substr(0, equals), equals == std::string::npos ? "" : text.substr(equals + 1));
    }
    return variables;
}

bool is_proxy_argument(std::string_view name) {
    static constexpr std::array names = {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"};
    const std::string lower = runtime::in_lower_case(name);
    const bool one_case =
        name == lower || std::none_of(name.begin(), name.end(), [](unsigned char c) { return std::islower(c); });
    return one_case && std::find(names.begin(), names.end(), lower) != names.end();
}

bool is_predefined_argument(std::string_view name) {
    static constexpr std::array names = {"SOURCE_DATE_EPOCH", "TARGETPLATFORM", "TARGETOS",      "TARGETARCH",
                                         "TARGETVARIANT",     "TARGETSTAGE",    "BUILDPLATFORM", "BUILDOS",
                                         "BUILDARCH",         "BUILDVARIANT"};
    return is_proxy_argument(name) || name.starts_with("BUILDKIT_") ||
           std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace builder

#include "registry/settings/trust_policy.hpp"

#include <nlohmann/json.hpp>

#include "registry/settings/user_places.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::size_t file_limit_bytes = 4U << 20;

std::vector<std::string> read_requirements(const nlohmann::json& value) {
    if (!value.is_array() || value.empty()) throw Error("a list of requirements is empty or no list");
    std::vector<std::string> types;
    for (const auto& item : value) types.push_back(runtime::JsonFields(item, "a requirement").text("type"));
    return types;
}

/// From the whole name to ever larger parts of it: containers-policy.json(5), "docker:".
std::vector<std::string> scopes_of(const Reference& reference) {
    const std::string name = reference.name();
    std::vector<std::string> scopes{reference.text(), name};
    for (std::size_t slash = name.rfind('/'); slash != std::string::npos; slash = name.rfind('/', slash - 1))
        scopes.push_back(name.substr(0, slash));
    const std::string& host = reference.domain();
    for (std::size_t dot = host.find('.'); dot != std::string::npos; dot = host.find('.', dot + 1))
        scopes.push_back("*" + host.substr(dot));
    return scopes;
}

}  // namespace

TrustPolicy TrustPolicy::read(const AccessOptions& options) {
    TrustPolicy policy;
    policy.default_ = {"insecureAcceptAnything"};
    std::optional<std::string> text;
    for (const std::string& path : {options.policy_file, user_config_folder() + "/containers/policy.json",
                                    std::string("/etc/containers/policy.json")}) {
        if (path.empty()) continue;
        policy.path_ = path;
        text = path == options.policy_file ? std::optional(runtime::read_file(path, file_limit_bytes))
                                           : runtime::read_file_if_exists(path, file_limit_bytes);
        if (text) break;
    }
    if (!text) return policy;
    try {
        const auto value = runtime::parse_json(*text, "it");
        const runtime::JsonFields fields(value, "it");
        policy.default_ = read_requirements(fields.required("default"));
        if (const auto* transports = fields.find("transports"))
            for (const auto& [transport, scopes] : transports->items())
                for (const auto& [scope, requirements] : scopes.items())
                    policy.transports_[transport][scope] = read_requirements(requirements);
    } catch (Error& error) {
        error.add_context("cannot use the policy {}", quoted(policy.path_));
        throw;
    }
    return policy;
}

const TrustPolicy::Requirements* TrustPolicy::find(const std::string& transport,
                                                   const std::vector<std::string>& scopes) const {
    const auto rules = transports_.find(transport);
    if (rules == transports_.end()) return &default_;
    for (const std::string& scope : scopes)
        if (const auto rule = rules->second.find(scope); rule != rules->second.end()) return &rule->second;
    const auto rest = rules->second.find("");
    return rest == rules->second.end() ? &default_ : &rest->second;
}

void TrustPolicy::require(const Requirements& requirements, const std::string& image) const {
    for (const std::string& type : requirements) {
        if (type == "insecureAcceptAnything") continue;
        if (type == "reject")
            throw Error("Source image rejected: Running image {} is rejected by policy.", image)
                .with_hint("the policy is " + path_);
        throw Error("the policy {} asks for a signature of {} ({}), and builder cannot verify signatures",
                    quoted(path_), image, quoted(type))
            .with_hint("verify and copy it with skopeo, or let the policy accept it");
    }
}

void TrustPolicy::check(const Reference& reference) const {
    require(*find("docker", scopes_of(reference)), "docker://" + reference.familiar_text());
}

void TrustPolicy::check(const std::string& transport, const std::string& place) const {
    std::vector<std::string> scopes{place};
    for (std::size_t slash = place.rfind('/'); slash != std::string::npos && slash > 0;
         slash = place.rfind('/', slash - 1))
        scopes.push_back(place.substr(0, slash));
    require(*find(transport, scopes), transport + ":" + place);
}

}  // namespace registry

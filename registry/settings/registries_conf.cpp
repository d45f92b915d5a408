#include "registry/settings/registries_conf.hpp"

#include <algorithm>

// As in runtime/base/toml.cpp, which reads what needs no positions of its own.
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#include <toml++/toml.h>
#pragma GCC diagnostic pop

#include "registry/settings/user_places.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace registry {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::size_t file_limit_bytes = 4U << 20;
constexpr const char* system_file = "/etc/containers/registries.conf";

/// "https://host/path/" is refused by containers-registries.conf(5); a trailing slash is forgiven.
std::string clean_location(std::string location) {
    if (location.find("://") != std::string::npos)
        throw Error("the location {} has a scheme", quoted(location)).with_hint("write it without https://");
    while (location.ends_with('/')) location.pop_back();
    return location;
}

/// Whether a name lies below a prefix: the same host, or a repository or namespace of it.
bool lies_below(const std::string& name, const std::string& prefix) {
    if (prefix.starts_with("*.")) {
        const std::string host = name.substr(0, name.find('/'));
        const std::string host_prefix = prefix.substr(1, prefix.find('/') - 1);
        return prefix.find('/') == std::string::npos && host.size() > host_prefix.size() && host.ends_with(host_prefix);
    }
    return name == prefix || (name.starts_with(prefix) && (name[prefix.size()] == '/' || name[prefix.size()] == ':'));
}

toml::table parse_toml(const std::string& path, const std::string& text) {
    try {
        return toml::parse(text, path);
    } catch (const toml::parse_error& problem) {
        throw Error("cannot use {}: {} in line {}", quoted(path), problem.description(), problem.source().begin.line);
    }
}

}  // namespace

/// Reads files one over the other.
class RegistriesConfReader {
public:
    void read_file(const std::string& path, bool is_optional) {
        const auto text = is_optional ? runtime::read_file_if_exists(path, file_limit_bytes)
                                      : std::optional(runtime::read_file(path, file_limit_bytes));
        if (!text) return;
        runtime::log_debug("reads {}", path);
        try {
            take(parse_toml(path, *text), path);
        } catch (Error& error) {
            error.add_context("in {}", quoted(path));
            throw;
        }
    }

    void read_folder(const std::string& path) {
        const auto folder = runtime::open_if_exists(path, O_RDONLY | O_DIRECTORY);
        if (!folder) return;
        for (const runtime::FolderEntry& entry : runtime::list_folder(*folder))
            if (entry.name.ends_with(".conf")) read_file(path + "/" + entry.name, false);
    }

    void read_aliases(const std::string& path) {
        if (const auto text = runtime::read_file_if_exists(path, file_limit_bytes))
            take_aliases(parse_toml(path, *text), path);
    }

    RegistriesConf take_result() { return std::move(conf_); }

private:
    void take(const toml::table& table, const std::string& path) {
        if (table.contains("registries"))
            throw Error("version 1 of the format is no longer read").with_hint("see containers-registries.conf(5)");
        if (const auto* list = table["unqualified-search-registries"].as_array()) {
            conf_.search_list_.emplace();
            conf_.search_list_file_ = path;
            for (const auto& item : *list) conf_.search_list_->push_back(clean_location(item.value_or(std::string())));
        }
        if (const auto mode = table["short-name-mode"].value<std::string>()) {
            if (*mode != "enforcing" && *mode != "permissive" && *mode != "disabled")
                throw Error("short-name-mode is enforcing, permissive or disabled, not {}", quoted(*mode));
            conf_.short_name_mode_ = *mode;
        }
        if (const auto* rules = table["registry"].as_array())
            for (const auto& item : *rules)
                if (const auto* rule = item.as_table()) take_rule(*rule);
        if (const auto* helpers = table["credential-helpers"].as_array()) {
            conf_.credential_helpers_.clear();
            for (const auto& item : *helpers) conf_.credential_helpers_.push_back(item.value_or(std::string()));
        }
        take_aliases(table, path);
    }

    void take_aliases(const toml::table& table, const std::string& path) {
        const auto* aliases = table["aliases"].as_table();
        if (aliases == nullptr) return;
        for (const auto& [name, value] : *aliases)
            conf_.aliases_[std::string(name.str())] = {value.value_or(std::string()), path};
    }

    void take_rule(const toml::table& table) {
        RegistriesConf::Rule rule;
        rule.location = clean_location(table["location"].value_or(std::string()));
        rule.prefix = clean_location(table["prefix"].value_or(rule.location));
        if (rule.prefix.empty()) throw Error("a registry has neither location nor prefix");
        if (rule.location.empty() && !rule.prefix.starts_with("*."))
            throw Error("the registry {} has no location", quoted(rule.prefix));
        rule.is_insecure = table["insecure"].value_or(false);
        rule.is_blocked = table["blocked"].value_or(false);
        rule.mirror_by_digest_only = table["mirror-by-digest-only"].value_or(false);
        if (const auto* mirrors = table["mirror"].as_array())
            for (const auto& item : *mirrors)
                if (const auto* mirror = item.as_table()) rule.mirrors.push_back(read_mirror(*mirror));
        std::erase_if(conf_.rules_, [&](const auto& other) { return other.prefix == rule.prefix; });
        conf_.rules_.push_back(std::move(rule));
    }

    static RegistriesConf::Mirror read_mirror(const toml::table& table) {
        RegistriesConf::Mirror mirror{clean_location(table["location"].value_or(std::string())),
                                      table["insecure"].value_or(false),
                                      table["pull-from-mirror"].value_or(std::string("all"))};
        if (mirror.location.empty()) throw Error("a mirror has no location");
        if (mirror.pull_from != "all" && mirror.pull_from != "digest-only" && mirror.pull_from != "tag-only")
            throw Error("pull-from-mirror is all, digest-only or tag-only, not {}", quoted(mirror.pull_from));
        return mirror;
    }

    RegistriesConf conf_;
};

RegistriesConf RegistriesConf::read(const AccessOptions& options) {
    RegistriesConfReader reader;
    const std::string user_file = user_config_folder() + "/containers/registries.conf";
    const std::string user_folder = user_file + ".d";
    const std::string system_folder = std::string(system_file) + ".d";
    const std::string named =
        options.registries_conf.empty() ? environment_variable("CONTAINERS_REGISTRIES_CONF") : options.registries_conf;
    const bool has_user_file = named.empty() && runtime::open_if_exists(user_file, O_RDONLY).has_value();
    if (!named.empty())
        reader.read_file(named, false);
    else
        reader.read_file(has_user_file ? user_file : system_file, true);
    if (!options.registries_conf_folder.empty()) {
        reader.read_folder(options.registries_conf_folder);
    } else {
        if (!has_user_file) reader.read_folder(system_folder);
        reader.read_folder(user_folder);
    }
    // What tools note when a user chooses counts most.
    reader.read_aliases(!options.short_name_aliases.empty()
                            ? options.short_name_aliases
                            : home_folder() + "/.cache/containers/short-name-aliases.conf");
    return reader.take_result();
}

const RegistriesConf::Rule* RegistriesConf::find_rule(const std::string& name) const {
    const Rule* best = nullptr;
    for (const Rule& rule : rules_)
        if (lies_below(name, rule.prefix) && (best == nullptr || rule.prefix.size() > best->prefix.size()))
            best = &rule;
    return best;
}

Endpoint RegistriesConf::endpoint(const std::string& name, bool is_insecure) {
    // Only what stands for a whole repository has a path; a bad location gives a name that no reference could have.
    const Reference reference = Reference::parse_canonical(name);
    return {reference.domain(), reference.path(), is_insecure, false};
}

std::vector<Endpoint> RegistriesConf::pull_endpoints(const Reference& reference) const {
    const std::string name = reference.name();
    const Rule* const rule = find_rule(name);
    if (rule == nullptr) return {located_endpoint(reference)};
    const bool by_digest = reference.digest().has_value();
    const std::string rest = rule->prefix.starts_with("*.") ? "" : name.substr(rule->prefix.size());
    std::vector<Endpoint> result;
    for (const Mirror& mirror : rule->mirrors) {
        if (!by_digest && (mirror.pull_from == "digest-only" || rule->mirror_by_digest_only)) continue;
        if (by_digest && mirror.pull_from == "tag-only") continue;
        Endpoint place = endpoint(mirror.location + (rule->prefix.starts_with("*.") ? "/" + reference.path() : rest),
                                  mirror.is_insecure);
        place.is_mirror = true;
        result.push_back(std::move(place));
    }
    if (!rule->is_blocked)
        result.push_back(located_endpoint(reference));
    else if (result.empty())
        static_cast<void>(located_endpoint(reference));  // says why not
    return result;
}

const RegistriesConf::Rule* RegistriesConf::open_rule(const Reference& reference) const {
    const Rule* const rule = find_rule(reference.name());
    if (rule != nullptr && rule->is_blocked)
        throw Error("the registry {} is blocked", quoted(rule->prefix)).with_hint("registries.conf says so");
    return rule;
}

Endpoint RegistriesConf::push_endpoint(const Reference& reference) const {
    const Rule* const rule = open_rule(reference);
    Endpoint place = endpoint(reference.name(), rule != nullptr && rule->is_insecure);
    place.registry = reference.domain();
    return place;
}

Endpoint RegistriesConf::located_endpoint(const Reference& reference) const {
    const std::string name = reference.name();
    const Rule* const rule = open_rule(reference);
    const bool stays = rule == nullptr || rule->location.empty();
    Endpoint place = endpoint(stays ? name : rule->location + name.substr(rule->prefix.size()),
                              rule != nullptr && rule->is_insecure);
    place.registry = reference.domain();
    return place;
}

bool RegistriesConf::is_insecure(const std::string& host) const {
    const Rule* const rule = find_rule(host);
    return rule != nullptr && rule->is_insecure;
}

namespace {

/// Without tag and digest. What looks like a host may be a part of the path: "library/busybox".
std::string name_of_short(const std::string& text) {
    const Reference plain = Reference::parse_plain(text);
    return plain.domain().empty() ? plain.path() : plain.domain() + "/" + plain.path();
}

}  // namespace

const RegistriesConf::Alias* RegistriesConf::find_alias(const std::string& name) const {
    const auto alias = aliases_.find(name);
    return short_name_mode_ == "disabled" || alias == aliases_.end() ? nullptr : &alias->second;
}

std::string RegistriesConf::how_resolved(const std::string& text) const {
    if (const Alias* const alias = find_alias(name_of_short(text)); alias != nullptr && !alias->target.empty())
        return fmt::format("Resolved \"{}\" as an alias ({})", name_of_short(text), alias->file);
    if (!search_list_ || search_list_->empty()) return "";
    return fmt::format("Resolving \"{}\" using unqualified-search registries ({})", name_of_short(text),
                       search_list_file_);
}

std::vector<Reference> RegistriesConf::expand_short_name(const std::string& text) const {
    const std::string name = name_of_short(text);
    const Alias* const alias = find_alias(name);
    if (alias != nullptr && !alias->target.empty()) return {Reference::parse(alias->target + text.substr(name.size()))};
    if (!search_list_ && alias == nullptr) return {Reference::parse(text)};
    if (!search_list_ || search_list_->empty())
        throw Error("short-name \"{}\" did not resolve to an alias and no unqualified-search registries are defined",
                    text)
            .with_hint("write the whole name, docker.io/library/NAME say, or set unqualified-search-registries");
    if (short_name_mode_ == "enforcing" && search_list_->size() > 1)
        throw Error("{} may be an image of {}", quoted(text), fmt::join(*search_list_, " or of "))
            .with_hint("write the whole name: short-name-mode is enforcing, and nobody is asked here");
    std::vector<Reference> result;
    for (const std::string& host : *search_list_) result.push_back(Reference::parse(host + "/" + text));
    return result;
}

}  // namespace registry

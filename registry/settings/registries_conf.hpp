// Which registries stand for which names: containers-registries.conf(5), version 2, with drop-in folders and short-name
// aliases.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry/reference.hpp"
#include "registry/settings/access_options.hpp"

namespace registry {

/// One place where a repository can be reached, in the order in which places are tried.
struct Endpoint {
    std::string host;  ///< with its port
    std::string path;  ///< of the repository
    bool is_insecure = false;
    bool is_mirror = false;
    /// The registry of the name that this place is for, whose password it may have; empty for mirrors.
    std::string registry = {};

    std::string name() const { return host + "/" + path; }
    bool operator==(const Endpoint&) const = default;
};

class RegistriesConf {
public:
    /// Reads what the options, $CONTAINERS_REGISTRIES_CONF or the usual places name. Throws Error naming file and line.
    static RegistriesConf read(const AccessOptions& options);

    /// Where to pull a name from: mirrors that may serve it, then the place itself. Throws Error for blocked ones.
    std::vector<Endpoint> pull_endpoints(const Reference& reference) const;
    /// Where to push it to: the very name, never a mirror or the location of a rule, which are for reading, so that no
    /// name is overwritten that nobody gave. Throws Error for a blocked one.
    Endpoint push_endpoint(const Reference& reference) const;

    /// Whether a host may be talked to without encryption.
    bool is_insecure(const std::string& host) const;

    /// The sentence for what expand_short_name() goes by: an alias or a list, and the file that it is from; empty where
    /// it is neither.
    std::string how_resolved(const std::string& text) const;
    /// Programs that know passwords, asked before files: the key credential-helpers.
    const std::vector<std::string>& credential_helpers() const noexcept { return credential_helpers_; }

    /// What a name without a domain may mean, the likeliest first: its alias, else the name in each registry of the
    /// search list. Throws Error where the rules ask for a choice that only a person could make.
    std::vector<Reference> expand_short_name(const std::string& text) const;

private:
    struct Mirror {
        std::string location;
        bool is_insecure = false;
        std::string pull_from = "all";  ///< "all", "digest-only", "tag-only"
    };
    struct Rule {
        std::string prefix;
        std::string location;  ///< empty: the name stays as it is
        bool is_insecure = false;
        bool is_blocked = false;
        bool mirror_by_digest_only = false;
        std::vector<Mirror> mirrors;
    };
    struct Alias {
        std::string target;  ///< empty: none, whatever an earlier file says
        std::string file;
    };
    friend class RegistriesConfReader;

    const Alias* find_alias(const std::string& name) const;
    const Rule* find_rule(const std::string& name) const;
    const Rule* open_rule(const Reference& reference) const;
    Endpoint located_endpoint(const Reference& reference) const;
    static Endpoint endpoint(const std::string& name, bool is_insecure);

    std::vector<Rule> rules_;
    std::optional<std::vector<std::string>> search_list_;
    std::string search_list_file_;
    std::map<std::string, Alias> aliases_;
    std::vector<std::string> credential_helpers_;
    std::string short_name_mode_ = "permissive";
};

}  // namespace registry

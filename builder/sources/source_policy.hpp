// Which sources a build may use, and which stand for others: the source policy of BuildKit, as a JSON file.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace builder {

/// A source as policies name it: "docker-image://docker.io/library/alpine:latest", "https://…", "git://…".
struct PolicySource {
    std::string identifier;
    std::map<std::string, std::string> attributes = {};  ///< "http.checksum", for what is fetched
};

class SourcePolicy {
public:
    /// Parses a policy; `name` names it in errors. Throws Error.
    static SourcePolicy parse(const std::string& text, const std::string& name);

    /// The source that is to be used for another, which may be itself. The last rule that fits says whether it may be
    /// used; one that converts it begins anew with what it became. Throws Error where it may not be used.
    PolicySource apply(PolicySource source) const;
    /// The same for the canonical name of an image.
    std::string image(const std::string& canonical_name) const;

private:
    enum class Action { allow, deny, convert };
    enum class Match { wildcard, exact, regex };
    enum class Condition { equal, not_equal, matches };
    struct Constraint {
        std::string key, value;
        Condition condition = Condition::equal;
    };
    struct Rule {
        Action action = Action::allow;
        std::string pattern;
        Match match = Match::wildcard;
        std::vector<Constraint> constraints;
        std::string new_identifier;
        std::map<std::string, std::string> new_attributes;
    };
    void require_short(const std::string& text) const;
    static bool fits(const Rule& rule, const PolicySource& source);
    /// False where nothing changes.
    static bool convert(const Rule& rule, PolicySource& source);
    bool apply_once(PolicySource& source) const;

    std::string name_;
    std::vector<Rule> rules_;
};

}  // namespace builder

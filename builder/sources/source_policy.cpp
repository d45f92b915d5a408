#include "builder/sources/source_policy.hpp"

#include <nlohmann/json.hpp>
#include <regex>

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::JsonFields;
using runtime::quoted;

constexpr int most_conversions = 10;

/// One of several words, or its number, as both forms of these files have it; the first one where there is none.
std::size_t choice(const JsonFields& fields, const char* name, const std::vector<std::string>& words) {
    const nlohmann::json* const value = fields.find(name);
    if (value == nullptr) return 0;
    if (value->is_number_unsigned() && value->get<std::size_t>() < words.size()) return value->get<std::size_t>();
    for (std::size_t i = 0; i < words.size(); ++i)
        if (value->is_string() && value->get<std::string>() == words[i]) return i;
    fields.refuse(name, fmt::format("{}", fmt::join(words, ", ")));
}

std::regex compile(const std::string& pattern) {
    try {
        return std::regex(pattern);
    } catch (const std::regex_error&) {
        throw Error("{} is no regular expression", quoted(pattern));
    }
}

/// "*" stands for anything, "?" for one character; what they stood for is $1, $2, …
std::string regex_of_wildcard(const std::string& pattern) {
    std::string text = "^";
    for (const char character : pattern) {
        if (character == '*')
            text += "(.*)";
        else if (character == '?')
            text += "(.)";
        else if (std::string_view("\\^$.|+()[]{}/").find(character) != std::string_view::npos)
            text += std::string("\\") + character;
        else
            text += character;
    }
    return text + "$";
}

/// "${1}" and "$1" are the groups of a match.
std::string with_groups(const std::string& format, const std::smatch& match) {
    static const std::regex reference(R"(\$(?:\{(\d+)\}|(\d+)))");
    std::string text;
    auto rest = format.cbegin();
    for (std::smatch found; std::regex_search(rest, format.cend(), found, reference); rest = found[0].second) {
        text.append(rest, found[0].first);
        const std::size_t group = std::stoul(found[1].matched ? found[1].str() : found[2].str());
        if (group < match.size()) text += match[group].str();
    }
    text.append(rest, format.cend());
    return text;
}

}  // namespace

SourcePolicy SourcePolicy::parse(const std::string& text, const std::string& name) {
    SourcePolicy policy;
    policy.name_ = name;
    const nlohmann::json document = runtime::parse_json(text, name);
    for (const JsonFields& fields : JsonFields(document, name).objects_or_empty("rules")) {
        Rule rule;
        rule.action = static_cast<Action>(choice(fields, "action", {"ALLOW", "DENY", "CONVERT"}));
        const JsonFields selector = fields.object("selector");
        rule.pattern = selector.text("identifier");
        rule.match = static_cast<Match>(choice(selector, "matchType", {"WILDCARD", "EXACT", "REGEX"}));
        if (rule.match == Match::regex) static_cast<void>(compile(rule.pattern));
        for (const JsonFields& constraint : selector.objects_or_empty("constraints"))
            rule.constraints.push_back(
                {constraint.text("key"), constraint.text_or_empty("value"),
                 static_cast<Condition>(choice(constraint, "condition", {"EQUAL", "NOTEQUAL", "MATCHES"}))});
        if (const auto updates = fields.object_if_any("updates")) {
            rule.new_identifier = updates->text_or_empty("identifier");
            rule.new_attributes = updates->text_map_or_empty("attrs");
        }
        if (rule.action == Action::convert && rule.new_identifier.empty() && rule.new_attributes.empty())
            throw Error("{}: a rule converts {} into nothing", name, quoted(rule.pattern))
                .with_hint("say what it becomes: \"updates\": {\"identifier\": …}");
        policy.rules_.push_back(std::move(rule));
    }
    return policy;
}

/// The library's matching goes as deep as the text is long: a longer one would be the end of the stack.
void SourcePolicy::require_short(const std::string& text) const {
    constexpr std::size_t longest = 4096;
    if (text.size() <= longest) return;
    throw Error("the source policy {} cannot be asked about a name of {} bytes; {} are the most", quoted(name_),
                text.size(), longest);
}

bool SourcePolicy::fits(const Rule& rule, const PolicySource& source) {
    for (const Constraint& constraint : rule.constraints) {
        const auto found = source.attributes.find(constraint.key);
        const std::string value = found == source.attributes.end() ? "" : found->second;
        const bool is_met = constraint.condition == Condition::matches
                                ? std::regex_search(value, compile(constraint.value))
                                : (value == constraint.value) == (constraint.condition == Condition::equal);
        if (!is_met) return false;
    }
    if (rule.match == Match::exact) return rule.pattern == source.identifier;
    if (rule.match == Match::regex) return std::regex_search(source.identifier, compile(rule.pattern));
    return std::regex_match(source.identifier, compile(regex_of_wildcard(rule.pattern)));
}

bool SourcePolicy::convert(const Rule& rule, PolicySource& source) {
    PolicySource changed = source;
    for (const auto& [name, value] : rule.new_attributes) changed.attributes[name] = value;
    if (!rule.new_identifier.empty() && rule.match == Match::exact) {
        changed.identifier = rule.new_identifier;
    } else if (!rule.new_identifier.empty()) {
        const std::regex pattern = compile(rule.match == Match::regex ? rule.pattern : regex_of_wildcard(rule.pattern));
        std::smatch match;
        if (std::regex_search(source.identifier, match, pattern))
            changed.identifier = match.prefix().str() + with_groups(rule.new_identifier, match) + match.suffix().str();
    }
    if (changed.identifier == source.identifier && changed.attributes == source.attributes) return false;
    source = std::move(changed);
    return true;
}

/// True where a rule has changed the source, so that all of them have to be asked again.
bool SourcePolicy::apply_once(PolicySource& source) const {
    bool is_denied = false;
    require_short(source.identifier);
    for (const auto& [name, value] : source.attributes) require_short(value);
    for (const Rule& rule : rules_) {
        if (!fits(rule, source)) continue;
        if (rule.action == Action::convert && convert(rule, source)) return true;
        if (rule.action != Action::convert) is_denied = rule.action == Action::deny;
    }
    if (is_denied) throw Error("the source policy {} does not allow {}", quoted(name_), source.identifier);
    return false;
}

PolicySource SourcePolicy::apply(PolicySource source) const {
    const std::string first = source.identifier;
    for (int i = 0; i < most_conversions; ++i)
        if (!apply_once(source)) return source;
    throw Error("the source policy {} converts {} again and again", quoted(name_), first);
}

std::string SourcePolicy::image(const std::string& canonical_name) const {
    const std::string prefix = "docker-image://";
    const std::string identifier = apply({prefix + canonical_name, {}}).identifier;
    if (identifier.starts_with(prefix)) return identifier.substr(prefix.size());
    throw Error("the source policy {} makes {} of the image {}", quoted(name_), identifier, canonical_name)
        .with_hint("an image can only become an image: docker-image://…");
}

}  // namespace builder

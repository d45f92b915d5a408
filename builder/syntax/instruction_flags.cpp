#include "builder/syntax/instruction_flags.hpp"

#include <algorithm>

#include "builder/syntax/suggest.hpp"

namespace builder {
namespace {

std::string hint_for(std::string_view name, std::span<const FlagRule> rules) {
    std::vector<std::string_view> names;
    for (const FlagRule& rule : rules) names.push_back(rule.name);
    const std::string nearest = nearest_name(name, names);
    if (!nearest.empty()) return "did you mean --" + nearest + "?";
    std::string known;
    for (const std::string_view one : names) known += (known.empty() ? "--" : ", --") + std::string(one);
    return known.empty() ? "this instruction takes no flags" : "known flags: " + known;
}

/// "FROM only supports the --platform and --after flags" and the end of that line.
std::string supported(std::string_view keyword, std::span<const FlagRule> rules) {
    if (rules.empty() || keyword.empty()) return "";
    std::string names;
    for (const FlagRule& rule : rules) {
        if (!names.empty()) names += &rule == &rules.back() ? " and " : ", ";
        names += fmt::format("--{}", rule.name);
    }
    return fmt::format("{} only supports the {} flag{}\n", keyword, names, rules.size() == 1 ? "" : "s");
}

}  // namespace

std::string FlagValues::text(std::string_view name, std::string_view otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string(otherwise) : found->second.front().text;
}

std::optional<bool> FlagValues::boolean(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second.front().text == "true";
}

std::vector<std::string> FlagValues::list(std::string_view name) const {
    std::vector<std::string> texts;
    if (const auto found = values_.find(name); found != values_.end())
        for (const RawWord& value : found->second) texts.push_back(value.text);
    return texts;
}

std::vector<Location> FlagValues::locations(std::string_view name) const {
    std::vector<Location> locations;
    if (const auto found = values_.find(name); found != values_.end())
        for (const RawWord& value : found->second) locations.push_back(value.location);
    return locations;
}

FlagValues parse_instruction_flags(const SourceText& source, std::span<const FlagRule> rules,
                                   std::span<const RawWord> flags, std::string_view keyword) {
    FlagValues result;
    for (const RawWord& flag : flags) {
        const runtime::Place place = source.place(flag.location);
        const std::string_view written = std::string_view(flag.text).substr(std::min<std::size_t>(2, flag.text.size()));
        const std::size_t equals = written.find('=');
        const std::string name(written.substr(0, equals));
        const auto rule =
            std::find_if(rules.begin(), rules.end(), [&](const FlagRule& one) { return one.name == name; });
        if (rule == rules.end())
            throw runtime::Error("{}unknown flag: --{}", supported(keyword, rules), name)
                .at(place)
                .with_hint(hint_for(name, rules));
        if (result.is_given(name) && rule->kind != FlagRule::Kind::list)
            throw runtime::Error("duplicate flag specified: --{}", name).at(place);
        std::string value(equals == std::string_view::npos ? "" : written.substr(equals + 1));
        if (rule->kind == FlagRule::Kind::boolean) {
            if (equals == std::string_view::npos) value = "true";
            if (value != "true" && value != "false")
                throw runtime::Error("expecting boolean value for flag --{}, not: {}", name, runtime::quoted(value))
                    .at(place);
        } else if (equals == std::string_view::npos) {
            throw runtime::Error("missing a value on flag: --{}", name)
                .at(place)
                .with_hint("write --" + name + "=VALUE");
        }
        result.values_[name].push_back({std::move(value), flag.location});
    }
    return result;
}

}  // namespace builder

#include "builder/template/functions.hpp"

#include <fmt/format.h>
#include <map>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>

#include "builder/template/format_text.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// What JSON need not write as "\\u003c", but does for the sake of web pages.
std::string without_html_escapes(const std::string& json) {
    static const std::map<std::string_view, char> characters = {{"\\u003c", '<'}, {"\\u003e", '>'}, {"\\u0026", '&'}};
    constexpr std::size_t length = 6;
    std::string text;
    for (std::size_t i = 0; i < json.size();) {
        const auto found = characters.find(std::string_view(json).substr(i, length));
        if (found != characters.end()) {
            text += found->second;
            i += length;
            continue;
        }
        // A backslash belongs to the character behind it.
        const std::size_t taken = json[i] == '\\' && i + 1 < json.size() ? 2 : 1;
        text.append(json, i, taken);
        i += taken;
    }
    return text;
}

using runtime::Error;
using Kind = TemplateValue::Kind;
using Arguments = std::vector<TemplateValue>;

const std::string& text_of(const TemplateValue& value, const char* function) {
    if (value.kind() != Kind::text) throw Error("{} takes a text, not {}", function, value.print());
    return value.text();
}

std::string changed(std::string text, int (*change)(int)) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [&](unsigned char byte) { return static_cast<char>(change(byte)); });
    return text;
}

std::string title(std::string text) {
    bool at_start = true;
    for (char& byte : text) {
        if (at_start) byte = static_cast<char>(std::toupper(static_cast<unsigned char>(byte)));
        at_start = byte == ' ' || byte == '\t';
    }
    return text;
}

TemplateValue split(const std::string& text, const std::string& separator) {
    std::vector<TemplateValue> parts;
    if (separator.empty()) {
        for (const char byte : text) parts.emplace_back(std::string(1, byte));
        return TemplateValue::list(std::move(parts));
    }
    for (std::size_t start = 0;;) {
        const std::size_t end = text.find(separator, start);
        parts.emplace_back(text.substr(start, end == std::string::npos ? end : end - start));
        if (end == std::string::npos) return TemplateValue::list(std::move(parts));
        start = end + separator.size();
    }
}

std::string join(const TemplateValue& list, const std::string& separator) {
    std::string text;
    for (std::size_t i = 0; i < list.items().size(); ++i) text += (i == 0 ? "" : separator) + list.items()[i].print();
    return text;
}

/// Less than zero, zero or more, as the first is less than, equal to or greater than the second.
int compare(const TemplateValue& left, const TemplateValue& right) {
    if (left.kind() == Kind::text && right.kind() == Kind::text) return left.text().compare(right.text());
    const bool numbers = (left.kind() == Kind::integer || left.kind() == Kind::real) &&
                         (right.kind() == Kind::integer || right.kind() == Kind::real);
    if (!numbers) throw Error("{} and {} cannot be compared", left.print(), right.print());
    if (left.kind() == Kind::integer && right.kind() == Kind::integer)
        return left.integer() < right.integer() ? -1 : left.integer() > right.integer() ? 1 : 0;
    return left.real() < right.real() ? -1 : left.real() > right.real() ? 1 : 0;
}

bool equal(const TemplateValue& left, const TemplateValue& right) {
    if (left.kind() == Kind::boolean && right.kind() == Kind::boolean) return left.boolean() == right.boolean();
    if (left.kind() == Kind::nothing || right.kind() == Kind::nothing) return left.kind() == right.kind();
    return compare(left, right) == 0;
}

std::string slice_text(const std::string& text, std::int64_t from, std::int64_t to) {
    return text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
}

TemplateValue slice(const Arguments& arguments) {
    const TemplateValue& value = arguments.at(0);
    const std::int64_t from = arguments.size() > 1 ? arguments[1].integer() : 0;
    const std::int64_t to = arguments.size() > 2 ? arguments[2].integer() : value.length();
    if (from < 0 || to < from || to > value.length())
        throw Error("slice: {} to {} is outside, the length is {}", from, to, value.length());
    if (value.kind() == Kind::text) return slice_text(value.text(), from, to);
    return TemplateValue::list({value.items().begin() + from, value.items().begin() + to});
}

std::string print_all(const Arguments& arguments, bool always_spaced) {
    std::string text;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        // As Go's Print: a blank stands between two that are both no texts.
        const bool texts = i > 0 && (arguments[i - 1].kind() == Kind::text || arguments[i].kind() == Kind::text);
        if (i > 0 && (always_spaced || !texts)) text += " ";
        text += arguments[i].print();
    }
    return text;
}

std::string escaped(const std::string& text, const std::vector<std::pair<char, const char*>>& replacements) {
    std::string result;
    for (const char byte : text) {
        const auto found =
            std::find_if(replacements.begin(), replacements.end(), [&](const auto& one) { return one.first == byte; });
        result += found == replacements.end() ? std::string(1, byte) : found->second;
    }
    return result;
}

std::string url_escaped(const std::string& text) {
    std::string result;
    for (const char byte : text) {
        const bool is_plain = std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
                              std::string_view("-_.~").find(byte) != std::string_view::npos;
        result += is_plain      ? std::string(1, byte)
                  : byte == ' ' ? "+"
                                : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    }
    return result;
}

std::string truncated(const std::string& text, std::int64_t length) {
    return length < 0 || text.size() <= static_cast<std::size_t>(length)
               ? text
               : text.substr(0, static_cast<std::size_t>(length));
}

struct Function {
    const char* name;
    std::size_t fewest;
    std::size_t most;
    std::function<TemplateValue(const Arguments&)> call;
};

constexpr std::size_t any_number = 1000;

std::vector<Function> comparison_functions() {
    return {
        {"not", 1, 1, [](const Arguments& a) { return !a[0].is_true(); }},
        {"eq", 2, any_number,
         [](const Arguments& a) {
             return std::any_of(a.begin() + 1, a.end(), [&](const TemplateValue& one) { return equal(a[0], one); });
         }},
        {"ne", 2, 2, [](const Arguments& a) { return !equal(a[0], a[1]); }},
        {"lt", 2, 2, [](const Arguments& a) { return compare(a[0], a[1]) < 0; }},
        {"le", 2, 2, [](const Arguments& a) { return compare(a[0], a[1]) <= 0; }},
        {"gt", 2, 2, [](const Arguments& a) { return compare(a[0], a[1]) > 0; }},
        {"ge", 2, 2, [](const Arguments& a) { return compare(a[0], a[1]) >= 0; }},
    };
}

std::vector<Function> text_functions() {
    return {
        {"upper", 1, 1, [](const Arguments& a) { return changed(text_of(a[0], "upper"), std::toupper); }},
        {"lower", 1, 1, [](const Arguments& a) { return changed(text_of(a[0], "lower"), std::tolower); }},
        {"title", 1, 1, [](const Arguments& a) { return title(text_of(a[0], "title")); }},
        {"split", 2, 2, [](const Arguments& a) { return split(text_of(a[0], "split"), text_of(a[1], "split")); }},
        {"join", 2, 2, [](const Arguments& a) { return join(a[0], text_of(a[1], "join")); }},
        {"truncate", 2, 2, [](const Arguments& a) { return truncated(text_of(a[0], "truncate"), a[1].integer()); }},
        {"pad", 3, 3,
         [](const Arguments& a) {
             if (text_of(a[0], "pad").empty()) return std::string();
             return std::string(static_cast<std::size_t>(std::max<std::int64_t>(a[1].integer(), 0)), ' ') +
                    a[0].text() + std::string(static_cast<std::size_t>(std::max<std::int64_t>(a[2].integer(), 0)), ' ');
         }},
        {"print", 0, any_number, [](const Arguments& a) { return print_all(a, false); }},
        {"println", 0, any_number, [](const Arguments& a) { return print_all(a, true) + "\n"; }},
        {"printf", 1, any_number, [](const Arguments& a) { return format_text(text_of(a[0], "printf"), a); }},
        {"html", 1, any_number,
         [](const Arguments& a) {
             return escaped(print_all(a, false),
                            {{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'"', "&#34;"}, {'\'', "&#39;"}});
         }},
        {"js", 1, any_number,
         [](const Arguments& a) {
             return escaped(print_all(a, false), {{'\\', "\\\\"},
                                                  {'\'', "\\'"},
                                                  {'"', "\\\""},
                                                  {'<', "\\u003C"},
                                                  {'>', "\\u003E"},
                                                  {'&', "\\u0026"},
                                                  {'=', "\\u003D"}});
         }},
        {"urlquery", 1, any_number, [](const Arguments& a) { return url_escaped(print_all(a, false)); }},
        {"json", 1, 1, [](const Arguments& a) { return without_html_escapes(a[0].json()); }},
        {"table", 1, 1, [](const Arguments& a) { return a[0]; }},
    };
}

std::vector<Function> container_functions() {
    return {
        {"len", 1, 1,
         [](const Arguments& a) {
             if (a[0].length() < 0) throw Error("len: {} has no length", a[0].print());
             return a[0].length();
         }},
        {"index", 1, any_number,
         [](const Arguments& a) {
             TemplateValue value = a[0];
             for (std::size_t i = 1; i < a.size(); ++i) value = index_value(value, a[i]);
             return value;
         }},
        {"slice", 1, 3, slice},
    };
}

const std::vector<Function>& functions() {
    static const std::vector<Function> all = [] {
        std::vector<Function> list = comparison_functions();
        for (Function& one : text_functions()) list.push_back(std::move(one));
        for (Function& one : container_functions()) list.push_back(std::move(one));
        return list;
    }();
    return all;
}

const Function* find_function(const std::string& name) {
    const auto found =
        std::find_if(functions().begin(), functions().end(), [&](const Function& one) { return name == one.name; });
    return found == functions().end() ? nullptr : &*found;
}

}  // namespace

bool is_template_function(const std::string& name) {
    return name == "and" || name == "or" || find_function(name) != nullptr;
}

std::vector<std::string> template_function_names() {
    std::vector<std::string> names = {"and", "or"};
    for (const Function& function : functions()) names.emplace_back(function.name);
    return names;
}

TemplateValue call_template_function(const std::string& name, const Arguments& arguments) {
    const Function* const function = find_function(name);
    if (function == nullptr) throw Error("templates have no function {}", name);
    if (arguments.size() < function->fewest || arguments.size() > function->most)
        throw Error("the function {} takes {} argument{}, not {}", name, function->fewest,
                    function->fewest == 1 ? "" : "s", arguments.size());
    return function->call(arguments);
}

TemplateValue index_value(const TemplateValue& value, const TemplateValue& key) {
    if (value.kind() == Kind::map) {
        const auto found = value.entries().find(text_of(key, "index"));
        return found == value.entries().end() ? TemplateValue("") : found->second;
    }
    if (value.kind() != Kind::list && value.kind() != Kind::text) throw Error("index: {} has no parts", value.print());
    if (key.kind() != Kind::integer || key.integer() < 0 || key.integer() >= value.length())
        throw Error("index: there is no {} in something of length {}", key.print(), value.length());
    const auto place = static_cast<std::size_t>(key.integer());
    if (value.kind() == Kind::text) return std::int64_t{static_cast<unsigned char>(value.text()[place])};
    return value.items()[place];
}

}  // namespace builder

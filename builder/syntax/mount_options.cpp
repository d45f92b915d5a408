#include "builder/syntax/mount_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <vector>

#include "builder/syntax/cache_presets.hpp"
#include "builder/syntax/csv_fields.hpp"
#include "builder/syntax/suggest.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;
using Type = MountRequest::Type;

constexpr std::array<std::string_view, 5> type_names = {"bind", "cache", "tmpfs", "secret", "ssh"};
constexpr std::array<std::string_view, 6> propagations = {"shared", "rshared", "slave",
                                                          "rslave", "private", "rprivate"};

/// One `key=value`, or a bare key.
struct Option {
    std::string key;  ///< lower case, but for U and Z
    std::string value;
    bool has_value = false;
    std::string written;
};

[[noreturn]] void refuse_value(const Option& option, std::string_view expected, std::string hint = {}) {
    throw Error("invalid value {} for {}: expected {}", quoted(option.value), quoted(option.key), expected)
        .with_hint(std::move(hint));
}

Option parse_option(const std::string& field) {
    Option option;
    const std::size_t equals = field.find('=');
    option.written = field;
    option.has_value = equals != std::string::npos;
    option.key = field.substr(0, equals);
    // U and Z are other options than u and z.
    if (option.key != "U" && option.key != "Z") option.key = to_lower(option.key);
    if (option.has_value) option.value = field.substr(equals + 1);
    return option;
}

bool parse_boolean(const Option& option) {
    if (!option.has_value) return true;
    for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"})
        if (option.value == yes) return true;
    for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"})
        if (option.value == no) return false;
    refuse_value(option, "true or false");
}

std::uint32_t parse_number(const Option& option, int base, std::string_view expected) {
    std::uint32_t number = 0;
    const char* end = option.value.data() + option.value.size();
    const auto [last, error] = std::from_chars(option.value.data(), end, number, base);
    if (error != std::errc() || last != end) refuse_value(option, expected);
    return number;
}

/// All ones mean "as it is" to the kernel.
std::uint32_t parse_id(const Option& option, std::string_view expected) {
    const std::uint32_t id = parse_number(option, 10, expected);
    if (id == std::numeric_limits<std::uint32_t>::max()) refuse_value(option, expected);
    return id;
}

template <std::size_t size>
std::size_t parse_choice(const Option& option, const std::array<std::string_view, size>& choices) {
    const auto found = std::find(choices.begin(), choices.end(), option.value);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
    refuse_value(option, fmt::format("one of {}", fmt::join(choices, ", ")), did_you_mean(option.value, choices));
}

/// Which types take an option, and what it does.
struct OptionRule {
    std::string_view types;  ///< the first letters: b(ind), c(ache), t(mpfs), s(ecret), a(gent)
    bool needs_value;
    void (*set)(MountRequest&, const Option&);
};

char type_letter(Type type) {
    return "bctsa"[static_cast<std::size_t>(type)];
}

template <auto Member>
void set_text(MountRequest& mount, const Option& option) {
    mount.*Member = option.value;
}
template <auto Member>
void set_flag(MountRequest& mount, const Option& option) {
    mount.*Member = parse_boolean(option);
}
template <auto Member>
void clear_flag(MountRequest& mount, const Option& option) {
    mount.*Member = !parse_boolean(option);
}
template <MountRequest::Relabel Value>
void set_relabel(MountRequest& mount, const Option&) {
    mount.relabel = Value;
}
void set_nothing(MountRequest&, const Option&) {}
void set_preset(MountRequest& mount, const Option& option) {
    static_cast<void>(require_cache_preset(option.value));
    mount.preset = option.value;
}
void set_bare_propagation(MountRequest& mount, const Option& option) {
    mount.propagation = option.key;
}
void set_propagation(MountRequest& mount, const Option& option) {
    mount.propagation = propagations[parse_choice(option, propagations)];
}
void set_size(MountRequest& mount, const Option& option) {
    mount.size_bytes = parse_size(option.value);
}
void set_mode(MountRequest& mount, const Option& option) {
    constexpr std::string_view expected = "an octal mode such as 0755";
    try {
        mount.mode = parse_number(option, 8, expected);
        if (*mount.mode > 07777) refuse_value(option, expected);
    } catch (Error& error) {
        error.add_context("unable to parse {} mode \"{}\"", type_names[static_cast<std::size_t>(mount.type)],
                          option.value);
        throw;
    }
}
void set_user(MountRequest& mount, const Option& option) {
    mount.uid = parse_id(option, "a numeric user ID");
}
void set_group(MountRequest& mount, const Option& option) {
    mount.gid = parse_id(option, "a numeric group ID");
}
void set_sharing(MountRequest& mount, const Option& option) {
    constexpr std::array<std::string_view, 3> names = {"shared", "private", "locked"};
    if (std::find(names.begin(), names.end(), option.value) == names.end())
        throw Error("unrecognized value \"{}\" for field `sharing`: it is one of {}", option.value,
                    fmt::join(names, ", "))
            .with_hint(did_you_mean(option.value, names));
    mount.sharing = static_cast<MountRequest::Sharing>(parse_choice(option, names));
    mount.sets_sharing = true;
}
void set_relabel_by_name(MountRequest& mount, const Option& option) {
    using Relabel = MountRequest::Relabel;
    constexpr std::array<std::string_view, 2> names = {"shared", "private"};
    mount.relabel = parse_choice(option, names) == 0 ? Relabel::shared : Relabel::exclusive;
}

const std::map<std::string_view, OptionRule>& option_rules() {
    using R = MountRequest;
    static const std::map<std::string_view, OptionRule> rules = {
        {"type", {"bctsa", true, set_nothing}},
        {"target", {"bctsa", true, set_text<&R::target>}},
        {"dst", {"bctsa", true, set_text<&R::target>}},
        {"destination", {"bctsa", true, set_text<&R::target>}},
        {"source", {"bcs", true, set_text<&R::source>}},
        {"src", {"bcs", true, set_text<&R::source>}},
        {"from", {"bc", true, set_text<&R::from>}},
        {"ro", {"bctsa", false, set_flag<&R::is_read_only>}},
        {"readonly", {"bctsa", false, set_flag<&R::is_read_only>}},
        {"rw", {"bctsa", false, clear_flag<&R::is_read_only>}},
        {"readwrite", {"bctsa", false, clear_flag<&R::is_read_only>}},
        {"id", {"csa", true, set_text<&R::id>}},
        {"sharing", {"c", true, set_sharing}},
        {"preset", {"c", true, set_preset}},
        {"required", {"sa", false, set_flag<&R::is_required>}},
        {"env", {"s", true, set_text<&R::environment_name>}},
        {"mode", {"csa", true, set_mode}},
        {"tmpfs-mode", {"t", true, set_mode}},
        {"uid", {"csa", true, set_user}},
        {"gid", {"csa", true, set_group}},
        {"size", {"t", true, set_size}},
        {"tmpfs-size", {"t", true, set_size}},
        {"tmpcopyup", {"t", false, set_flag<&R::copies_up>}},
        {"bind-propagation", {"bc", true, set_propagation}},
        {"shared", {"bc", false, set_bare_propagation}},
        {"rshared", {"bc", false, set_bare_propagation}},
        {"slave", {"bc", false, set_bare_propagation}},
        {"rslave", {"bc", false, set_bare_propagation}},
        {"private", {"bc", false, set_bare_propagation}},
        {"rprivate", {"bc", false, set_bare_propagation}},
        {"bind-nonrecursive", {"b", false, clear_flag<&R::is_recursive>}},
        {"nosuid", {"bct", false, set_flag<&R::no_suid>}},
        {"nodev", {"bct", false, set_flag<&R::no_devices>}},
        {"noexec", {"bct", false, set_flag<&R::no_execute>}},
        {"z", {"bc", false, set_relabel<R::Relabel::shared>}},
        {"Z", {"bc", false, set_relabel<R::Relabel::exclusive>}},
        {"relabel", {"bc", true, set_relabel_by_name}},
        {"U", {"bct", false, set_flag<&R::changes_owner>}},
        {"chown", {"bct", false, set_flag<&R::changes_owner>}},
        {"no-dereference", {"b", false, clear_flag<&R::follows_links>}},
        // It speaks of virtual machines; there is nothing to do on Linux.
        {"consistency", {"bct", true, set_nothing}},
    };
    return rules;
}

std::string hint_for(std::string_view key, Type type) {
    std::vector<std::string_view> keys;
    for (const auto& [name, rule] : option_rules())
        if (rule.types.find(type_letter(type)) != std::string_view::npos) keys.push_back(name);
    const std::string hint = did_you_mean(key, keys);
    return hint.empty() ? fmt::format("known keys: {}", fmt::join(keys, ", ")) : hint;
}

void apply(MountRequest& mount, const Option& option) {
    const std::string_view type_name = type_names[static_cast<std::size_t>(mount.type)];
    const auto rule = option_rules().find(option.key);
    if (rule == option_rules().end())
        throw Error("{}: invalid mount option", option.key).with_hint(hint_for(option.key, mount.type));
    if (rule->second.types.find(type_letter(mount.type)) == std::string_view::npos)
        throw Error("{} is not allowed for mounts of type {}", quoted(option.key), type_name)
            .with_hint(hint_for(option.key, mount.type));
    if (rule->second.needs_value && !option.has_value)
        throw Error("{}: must provide an argument for option", option.key)
            .with_hint(fmt::format("write {}=VALUE", option.key));
    rule->second.set(mount, option);
}

void check(MountRequest& mount) {
    if (mount.type != Type::secret) return;
    if (!mount.source.empty() && !mount.id.empty()) throw Error("both source and id are set; they mean the same");
    if (mount.id.empty()) mount.id = std::exchange(mount.source, {});
    // Without a name, a secret is called as the file it is put at.
    if (mount.id.empty()) mount.id = mount.target.substr(mount.target.rfind('/') + 1);
    if (mount.id.empty()) throw Error("a secret needs an id, a source or a target").with_hint("add id=NAME");
}

/// type=env: a secret that is a variable and no file, called as `env`, the target or the ID says.
void become_variable(MountRequest& mount) {
    if (!mount.environment_name) mount.environment_name = mount.target.empty() ? mount.id : mount.target;
    mount.target.clear();
}

Type parse_type(const Option& option) {
    const auto found = std::find(type_names.begin(), type_names.end(), option.value);
    if (found != type_names.end()) return static_cast<Type>(found - type_names.begin());
    throw Error("invalid mount type \"{}\": it is one of {}", option.value, fmt::join(type_names, ", "))
        .with_hint(did_you_mean(option.value, type_names));
}

}  // namespace

MountRequest parse_mount(std::string_view text) {
    try {
        std::vector<Option> options;
        MountRequest mount;
        bool is_variable = false;
        for (const std::string& field : csv_fields(text)) {
            options.push_back(parse_option(field));
            if (options.back().key != "type") continue;
            is_variable = options.back().value == "env";
            mount.type = is_variable ? Type::secret : parse_type(options.back());
        }
        mount.is_read_only = mount.type == Type::bind || mount.type == Type::secret || mount.type == Type::ssh;
        for (const Option& option : options) {
            apply(mount, option);
            const std::string& kept = option.key == "from" ? option.key : option.written;
            mount.settings += fmt::format("{}:{}", kept.size(), kept);
        }
        check(mount);
        if (is_variable) become_variable(mount);
        return mount;
    } catch (Error& error) {
        error.add_context("--mount={}", text);
        throw;
    }
}

std::uint64_t parse_size(std::string_view text) {
    constexpr std::string_view prefixes = "kmgtp";
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    std::string unit = to_lower(trim(text.substr(static_cast<std::size_t>(end - text.data()))));
    const std::size_t prefix = unit.empty() ? std::string_view::npos : prefixes.find(unit.front());
    const std::string rest = prefix == std::string_view::npos ? unit : unit.substr(1);
    const bool is_unit = rest.empty() || rest == "b" || (rest == "ib" && prefix != std::string_view::npos);
    if (error != std::errc() || !is_unit || !(number >= 0))
        throw Error("invalid size {}: expected a number of bytes such as 64m or 1g", quoted(text));
    if (prefix != std::string_view::npos)
        for (std::size_t i = 0; i <= prefix; ++i) number *= 1024;
    if (number >= 9.2e18) throw Error("invalid size {}: it is too large", quoted(text));
    return static_cast<std::uint64_t>(number);
}

}  // namespace builder

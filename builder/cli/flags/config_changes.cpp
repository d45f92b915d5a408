#include "builder/cli/flags/config_changes.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "builder/cli/flags/config_history.hpp"
#include "builder/syntax/duration.hpp"
#include "builder/syntax/json_words.hpp"
#include "builder/syntax/shell_words.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

/// One use of a flag whose values are collected: "-" clears all, "NAME-" removes one, anything else sets.
template <typename Clear, typename Remove, typename Set>
void apply_entry(const std::string& text, Clear clear, Remove remove, Set set) {
    if (text == "-")
        clear();
    else if (text.ends_with("-") && text.find('=') == std::string::npos)
        remove(text.substr(0, text.size() - 1));
    else
        set(text);
}

std::string go_escaped(const std::string& text) {
    std::string result;
    for (const char one : text) result += one == '\\' || one == '"' ? std::string("\\") + one : std::string(1, one);
    return result;
}

std::string value_of_machine(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (name.empty() || value == nullptr || *value == '\0') throw Error("setting env \"{}\": no value given", name);
    return value;
}

/// Words of a shell, or a JSON list. Throws Error naming the flag for a quote that is not closed.
std::vector<std::string> command_words(const std::string& flag, const std::string& text) {
    const bool ends_in_backslash = text.ends_with('\\') && !text.ends_with("\\\\");
    // A list of something else than texts is a text.
    for (const auto parse : {&parse_words_or_json, &split_shell_words}) {
        try {
            if (!ends_in_backslash) return parse(text);
        } catch (const Error&) {
        }
    }
    throw Error("parsing --{} \"{}\": invalid command line string", flag, go_escaped(text))
        .with_hint("close the quotes, or write a JSON list of texts");
}

/// The times that a check has where nobody says others.
layers::oci::Healthcheck no_check_yet() {
    constexpr std::int64_t usual_ns = 30'000'000'000;
    layers::oci::Healthcheck check;
    check.test = {"NONE"};
    check.interval_ns = check.timeout_ns = usual_ns;
    check.retries = 3;
    return check;
}

class ConfigChange {
public:
    ConfigChange(const ConfigChanges& changes, ContainerState& state, std::vector<std::string>& warnings)
        : changes_(changes), state_(state), container_(state.config.config), warnings_(warnings) {}

    std::vector<std::string> apply() {
        set_plain_fields();
        change_lists();
        change_commands();
        change_healthcheck();
        warn_of_lost_fields();
        return history_of_config(changes_, environment_notes_);
    }

private:
    void set_plain_fields();
    void change_lists();
    static void change_map(const std::vector<std::string>& texts, std::map<std::string, std::string>& map);
    static void change_set(const std::vector<std::string>& texts, std::set<std::string>& set, const char* word);
    void change_environment();
    std::string expand(std::string_view text);
    void change_commands();
    void change_entrypoint(const std::string& text);
    void change_healthcheck();
    void warn_of_lost_fields();

    const ConfigChanges& changes_;
    ContainerState& state_;
    layers::oci::ContainerConfig& container_;
    std::vector<std::string>& warnings_;
    std::vector<std::string> environment_notes_;  ///< NAME=VALUE as they were set
};

void ConfigChange::set_plain_fields() {
    layers::oci::ImageConfig& image = state_.config;
    const auto set = [](const std::optional<std::string>& value, std::string& field) {
        if (value) field = *value;
        return value.has_value();
    };
    set(changes_.author, image.author);
    set(changes_.architecture, image.architecture);
    set(changes_.os, image.os);
    set(changes_.os_version, image.os_version);
    set(changes_.variant, image.variant);
    set(changes_.created_by, state_.created_by);
    set(changes_.history_comment, state_.history_comment);
    set(changes_.hostname, container_.hostname);
    set(changes_.domainname, container_.domainname);
    if (changes_.comment) set_image_comment(image, *changes_.comment);
    set(changes_.user, container_.user);
    set(changes_.working_directory, container_.working_dir);
    set(changes_.stop_signal, container_.stop_signal);
}

void ConfigChange::change_map(const std::vector<std::string>& texts, std::map<std::string, std::string>& map) {
    for (const std::string& text : texts)
        apply_entry(
            text, [&] { map.clear(); }, [&](const std::string& name) { map.erase(name); },
            [&](const std::string& entry) {
                const auto equals = entry.find('=');
                map[entry.substr(0, equals)] = equals == std::string::npos ? "" : entry.substr(equals + 1);
            });
}

/// Of ports any value that begins with "-" clears all.
bool set_is_cleared_by(std::string_view word, const std::string& text) {
    return word == "EXPOSE" && text.starts_with('-');
}

void ConfigChange::change_set(const std::vector<std::string>& texts, std::set<std::string>& set, const char* word) {
    for (const std::string& text : texts)
        apply_entry(
            set_is_cleared_by(word, text) ? "-" : text, [&] { set.clear(); },
            [&](const std::string& name) { set.erase(name); },
            [&](const std::string& entry) {
                if (!entry.empty()) set.insert(entry);
            });
}

/// `$NAME` and `${NAME}` from the container's environment, as Go's os.Expand finds them. A variable that there is not
/// leaves its name.
std::string ConfigChange::expand(std::string_view text) {
    const auto value_of = [&](std::string_view name) {
        for (const std::string& one : container_.env)
            if (one.starts_with(std::string(name) + "=")) return one.substr(name.size() + 1);
        warnings_.push_back(fmt::format("error expanding variable \"{}\": no value set in configuration", name));
        return std::string(name);
    };
    const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$' || i + 1 == text.size()) {
            result += text[i];
            continue;
        }
        const bool is_braced = text[i + 1] == '{';
        const std::size_t begin = i + (is_braced ? 2 : 1);
        std::size_t end = is_braced ? text.find('}', begin) : begin;
        if (end == std::string_view::npos) return result + std::string(text.substr(i));
        const bool is_special = std::string_view("*#$@!?-0123456789").find(text[begin]) != std::string_view::npos;
        if (!is_braced && is_special) ++end;
        while (!is_braced && !is_special && end < text.size() && is_part(text[end])) ++end;
        if (end > begin) result += value_of(text.substr(begin, end - begin));
        i = is_braced ? end : end - 1;
    }
    return result;
}

void ConfigChange::change_environment() {
    std::vector<std::string>& variables = container_.env;
    const auto remove = [&](const std::string& name) {
        std::erase_if(variables, [&](const std::string& one) { return one.starts_with(name + "="); });
    };
    for (const std::string& text : changes_.environment)
        apply_entry(
            text, [&] { variables.clear(); }, remove,
            [&](const std::string& entry) {
                const auto equals = entry.find('=');
                const std::string name = entry.substr(0, equals);
                const std::string whole =
                    name + "=" +
                    (equals == std::string::npos ? value_of_machine(name) : expand(entry.substr(equals + 1)));
                remove(name);
                variables.push_back(whole);
                environment_notes_.push_back(whole);
            });
}

void ConfigChange::change_lists() {
    change_environment();
    change_map(changes_.labels, container_.labels);
    change_map(changes_.annotations, state_.annotations);
    change_set(changes_.ports, container_.exposed_ports, "EXPOSE");
    change_set(changes_.volumes, container_.volumes, "VOLUME");
    for (const std::string& name : changes_.unset_labels) container_.labels.erase(name);
    for (const std::string& name : changes_.unset_annotations) state_.annotations.erase(name);
    std::vector<std::string>& features = state_.config.os_features;
    for (const std::string& text : changes_.os_features)
        apply_entry(
            text, [&] { features.clear(); }, [&](const std::string& name) { std::erase(features, name); },
            [&](const std::string& entry) { features.push_back(entry); });
    container_.on_build.insert(container_.on_build.end(), changes_.onbuild.begin(), changes_.onbuild.end());
}

/// A text runs by the shell, so that what CMD says does not reach it; a list takes it for its arguments.
void ConfigChange::change_entrypoint(const std::string& text) {
    // That of before: what this call says of the command comes after it.
    const std::string cmd = fmt::format("{}", fmt::join(container_.cmd, " "));
    container_.entrypoint.clear();
    if (text.find_first_not_of(" \t") == std::string::npos) return;
    if (const auto words = parse_json_words(text)) {
        for (const JsonWord& word : *words) container_.entrypoint.push_back(word.text);
        if (!cmd.empty())
            warnings_.push_back(fmt::format("cmd \"{}\" exists and will be passed to entrypoint as a parameter", cmd));
    } else {
        container_.entrypoint = {"/bin/sh", "-c", text};
        if (!cmd.empty() && !changes_.cmd)
            warnings_.push_back(
                fmt::format("cmd \"{}\" exists but will be ignored because of entrypoint settings", cmd));
    }
}

void ConfigChange::change_commands() {
    if (changes_.shell) container_.shell = command_words("shell", *changes_.shell);
    if (changes_.entrypoint) change_entrypoint(*changes_.entrypoint);
    if (changes_.cmd) container_.cmd = command_words("cmd", *changes_.cmd);
}

void ConfigChange::change_healthcheck() {
    const auto duration = [](const char* flag, const std::optional<std::string>& text, std::int64_t& field) {
        try {
            if (text) field = parse_duration(*text).count();
        } catch (Error& error) {
            error.add_context("parsing --healthcheck-{} \"{}\"", flag, *text);
            throw;
        }
        return text.has_value();
    };
    if (changes_.healthcheck) {
        const std::vector<std::string> words = command_words("healthcheck", *changes_.healthcheck);
        if (words.empty()) {
            container_.healthcheck.reset();
            return;
        }
        // The times of before stay.
        layers::oci::Healthcheck check = container_.healthcheck.value_or(no_check_yet());
        if (words.front() == "NONE" || words.front() == "CMD" || words.front() == "CMD-SHELL")
            check.test = words;
        else
            throw Error("--healthcheck starts with CMD, CMD-SHELL or NONE, not with {}", quoted(words.front()));
        if (words.front() == "CMD-SHELL" && words.size() > 2)
            check.test = {"CMD-SHELL", changes_.healthcheck->substr(changes_.healthcheck->find("CMD-SHELL") + 10)};
        if (words.front() == "NONE") check = {{"NONE"}, 0, 0, 0, 0, 0};
        container_.healthcheck = check;
    }
    // Without a command these say nothing yet: there is no check until there is one.
    layers::oci::Healthcheck check = container_.healthcheck.value_or(no_check_yet());
    bool is_changed = duration("interval", changes_.healthcheck_interval, check.interval_ns);
    is_changed |= duration("timeout", changes_.healthcheck_timeout, check.timeout_ns);
    is_changed |= duration("start-period", changes_.healthcheck_start_period, check.start_period_ns);
    is_changed |= duration("start-interval", changes_.healthcheck_start_interval, check.start_interval_ns);
    if (changes_.healthcheck_retries) check.retries = *changes_.healthcheck_retries;
    if (is_changed || changes_.healthcheck_retries) container_.healthcheck = check;
}

void ConfigChange::warn_of_lost_fields() {
    if (state_.format == "docker") return;
    const auto warn = [&](bool is_given, const std::string& what) {
        if (is_given) warnings_.push_back(what + " Must use `docker` format");
    };
    const auto warn_of = [&](const std::optional<std::string>& value, const char* name, const char* word,
                             const char* format) {
        warn(value && !value->empty(), fmt::format("{} is not supported for {} image format, {} {} will be ignored.",
                                                   name, format, word, value.value_or("")));
    };
    warn(changes_.shell.has_value(), "SHELL is not supported for OCI image format, it will be ignored.");
    warn_of(changes_.comment, "COMMENT", "comment", "OCI");
    warn(changes_.healthcheck && !changes_.healthcheck->empty(),
         "HEALTHCHECK is not supported for OCI image format and will be ignored.");
    warn_of(changes_.domainname, "DOMAINNAME", "domainname", "OCI");
    warn_of(changes_.hostname, "HOSTNAME", "hostname", "OCI V1");
    for (const std::string& trigger : changes_.onbuild)
        warn(true, fmt::format("ONBUILD is not supported for OCI image format, {} will be ignored.", trigger));
}

}  // namespace

std::vector<Flag> config_flags(ConfigChanges& changes) {
    return {
        flag("annotation", 'a', "NAME=VALUE", "add an annotation to the manifest; NAME- removes one, - removes all",
             changes.annotations),
        flag("arch", 0, "ARCH", "architecture of the image", changes.architecture),
        flag("author", 0, "TEXT", "author of the image", changes.author),
        flag("cmd", 0, "COMMAND", "default command, or the arguments of the entry point", changes.cmd),
        flag("comment", 0, "TEXT", "the comment of the image", changes.comment),
        flag("created-by", 0, "TEXT", "text for created_by in the image's history", changes.created_by),
        flag("domainname", 0, "NAME", "domain name of the container", changes.domainname),
        flag("entrypoint", 0, "COMMAND", "entry point: a shell command, or a JSON array", changes.entrypoint),
        flag("env", 'e', "NAME=VALUE", "set a variable; NAME- removes one, - removes all", changes.environment),
        flag("healthcheck", 0, "COMMAND", "health check command: CMD …, CMD-SHELL … or NONE", changes.healthcheck),
        flag("healthcheck-interval", 0, "DURATION", "time between health checks", changes.healthcheck_interval),
        flag("healthcheck-retries", 0, "NUMBER", "failed health checks until the container counts as unhealthy",
             changes.healthcheck_retries),
        flag("healthcheck-start-interval", 0, "DURATION", "time between health checks during the start period",
             changes.healthcheck_start_interval),
        flag("healthcheck-start-period", 0, "DURATION", "start period during which failed checks do not count",
             changes.healthcheck_start_period),
        flag("healthcheck-timeout", 0, "DURATION", "time limit of a health check", changes.healthcheck_timeout),
        flag("history-comment", 0, "TEXT", "the comment of the layer in the history", changes.history_comment),
        flag("hostname", 0, "NAME", "the host name", changes.hostname),
        flag("label", 'l', "NAME=VALUE", "set a label; NAME- removes one, - removes all", changes.labels),
        flag("onbuild", 0, "INSTRUCTION", "add an ONBUILD trigger", changes.onbuild),
        flag("os", 0, "OS", "operating system of the image", changes.os),
        flag("os-feature", 0, "NAME", "required feature of the operating system; NAME- removes one, - removes all",
             changes.os_features),
        flag("os-version", 0, "VERSION", "required version of the operating system", changes.os_version),
        flag("port", 'p', "PORT[/PROTOCOL]", "expose a port; PORT- removes one, - removes all", changes.ports),
        flag("shell", 0, "COMMAND", "shell for commands in shell form", changes.shell),
        flag("stop-signal", 0, "SIGNAL", "signal that stops the container", changes.stop_signal),
        flag("unsetannotation", 0, "NAME", "remove an annotation", changes.unset_annotations),
        flag("unsetlabel", 0, "NAME", "remove a label", changes.unset_labels),
        flag("user", 'u', "USER[:GROUP]", "user to run the command as", changes.user),
        flag("variant", 0, "VARIANT", "variant of the architecture", changes.variant),
        flag("volume", 'v', "PATH", "add a volume; PATH- removes one, - removes all", changes.volumes),
        flag("workingdir", 0, "FOLDER", "working directory of the command", changes.working_directory),
    };
}

std::vector<std::string> apply_changes(const ConfigChanges& changes, ContainerState& state,
                                       std::vector<std::string>& warnings) {
    return ConfigChange(changes, state, warnings).apply();
}

}  // namespace builder

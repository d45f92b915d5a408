#include "builder/container/security_options.hpp"

#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

std::vector<std::string> paths_of(const std::string& text) {
    std::vector<std::string> paths;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(':', start), text.size());
        paths.push_back(text.substr(start, end - start));
        if (!paths.back().starts_with("/")) throw Error("--security-opt: {} is no absolute path", quoted(paths.back()));
        start = end + 1;
    }
    return paths;
}

void mask(RunSettings& settings, const std::string& text) {
    for (std::string& path : paths_of(text)) settings.masked_paths.push_back(std::move(path));
}

/// Paths may be patterns; ALL is every path.
void unmask(RunSettings& settings, const std::string& text) {
    if (text == "ALL") {
        settings.masked_paths.clear();
        settings.read_only_paths.clear();
        return;
    }
    for (const std::string& pattern : paths_of(text))
        for (std::vector<std::string>* list : {&settings.masked_paths, &settings.read_only_paths})
            std::erase_if(*list, [&](const std::string& path) {
                return ::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0;
            });
}

/// A part of a label: "user:role:type:level".
void set_part(std::string& label, std::size_t number, const std::string& value) {
    std::size_t start = 0;
    for (; number > 0; --number) start = label.find(':', start) + 1;
    // The level is the rest, and has colons of its own.
    const bool is_level = std::count(label.begin(), label.begin() + static_cast<std::ptrdiff_t>(start), ':') == 3;
    const std::size_t end = is_level ? label.size() : label.find(':', start);
    label.replace(start, end - start, value);
}

std::string container_label() {
    // What containers-selinux calls what runs in containers; a policy may say otherwise.
    const auto contexts = runtime::read_file_if_exists("/etc/selinux/targeted/contexts/lxc_contexts").value_or("");
    const auto start = contexts.find("process = \"");
    if (start == std::string::npos) return "system_u:system_r:container_t:s0";
    const auto first = start + 11;
    return contexts.substr(first, contexts.find('"', first) - first);
}

void set_label(RunSettings& settings, const std::string& text) {
    if (text == "disable") {
        settings.process_label.clear();
        return;
    }
    const auto colon = text.find(':');
    const std::string part = text.substr(0, colon);
    const std::vector<std::string> parts = {"user", "role", "type", "level"};
    const auto found = std::find(parts.begin(), parts.end(), part);
    if (part == "nested" || part == "filetype")
        throw Error("--security-opt label={} is for containers that stay; steps have no use for it", text);
    if (found == parts.end() || colon == std::string::npos)
        throw Error("--security-opt label={} is not known", quoted(text))
            .with_hint("it takes disable, and user:, role:, type: or level: with a value");
    if (!has_selinux())
        throw Error("--security-opt label={}: this kernel has no SELinux, or it is switched off", text)
            .with_hint("there is nothing at /sys/fs/selinux; label=disable is taken everywhere");
    if (settings.process_label.empty()) settings.process_label = container_label();
    set_part(settings.process_label, static_cast<std::size_t>(found - parts.begin()), text.substr(colon + 1));
}

bool has_apparmor() {
    const auto text = runtime::read_file_if_exists("/sys/module/apparmor/parameters/enabled");
    return text && text->starts_with("Y");
}

void set_apparmor(RunSettings& settings, const std::string& profile) {
    if (profile == "unconfined" && !has_apparmor()) return;
    if (!has_apparmor())
        throw Error("--security-opt apparmor={}: this kernel has no AppArmor, or it is switched off", profile)
            .with_hint("apparmor=unconfined is taken everywhere");
    const auto loaded = runtime::read_file_if_exists("/sys/kernel/security/apparmor/profiles");
    if (profile != "unconfined" && loaded && ("\n" + *loaded).find("\n" + profile + " (") == std::string::npos)
        throw Error("there is no AppArmor profile {} loaded", quoted(profile))
            .with_hint("apparmor_parser(8) loads one");
    settings.apparmor_profile = profile;
}

void apply(const std::string& option, RunSettings& settings) {
    const auto separator = option.find_first_of("=:");
    const std::string name = option.substr(0, separator);
    const std::string value = separator == std::string::npos ? "" : option.substr(separator + 1);
    if (name == "no-new-privileges" && (value.empty() || value == "true" || value == "false"))
        settings.no_new_privileges = value != "false";
    else if (name == "seccomp" && value == "unconfined")
        settings.seccomp_profile.clear();
    else if (name == "seccomp" && !value.empty())
        settings.seccomp_profile = runtime::read_file(value);
    else if (name == "mask" && !value.empty())
        mask(settings, value);
    else if (name == "unmask")
        value.empty() ? void() : unmask(settings, value);
    else if (name == "label" && !value.empty())
        set_label(settings, value);
    else if (name == "apparmor" && !value.empty())
        set_apparmor(settings, value);
    else
        throw Error("--security-opt {} is not known", quoted(option))
            .with_hint("it takes no-new-privileges, seccomp=, label=, apparmor=, mask= and unmask=");
}

}  // namespace

bool has_selinux() {
    return ::access("/sys/fs/selinux/enforce", F_OK) == 0 && ::access("/proc/self/attr/exec", F_OK) == 0;
}

void apply_security_options(const std::vector<std::string>& options, RunSettings& settings,
                            std::vector<std::string>& notices) {
    if (has_selinux()) settings.process_label = container_label();
    for (const std::string& option : options) apply(option, settings);
    if (!settings.process_label.empty() && settings.isolation == runtime::Isolation::chroot) {
        settings.process_label.clear();
        notices.emplace_back("steps run with the SELinux label of builder itself, as --isolation chroot has no other");
    }
}

}  // namespace builder

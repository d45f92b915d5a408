#include "builder/containers/security_options.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/selinux.hpp"

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

void set_label(RunSettings& settings, const std::string& text) {
    if (text == "disable") {
        settings.process_label.clear();
        settings.mount_label.clear();
        return;
    }
    const auto colon = text.find(':');
    const std::string part = text.substr(0, colon);
    const std::vector<std::string> parts = {"user", "role", "type", "level", "filetype"};
    const auto found = std::find(parts.begin(), parts.end(), part);
    if (part == "nested") throw Error("--security-opt label={}: steps have no SELinux of their own", text);
    if (found == parts.end() || colon == std::string::npos)
        throw Error("--security-opt label={} is not known", quoted(text))
            .with_hint("it takes disable, and user:, role:, type:, level: or filetype: with a value");
    if (!runtime::has_selinux())
        throw Error("--security-opt label={}: this kernel has no SELinux, or it is switched off", text)
            .with_hint("there is nothing at /sys/fs/selinux; label=disable is taken everywhere");
    const std::string value = text.substr(colon + 1);
    if (settings.process_label.empty()) {
        settings.process_label = "system_u:system_r:container_t:s0";
        settings.mount_label = "system_u:object_r:container_file_t:s0";
    }
    if (part == "filetype") return set_part(settings.mount_label, 2, value);
    set_part(settings.process_label, static_cast<std::size_t>(found - parts.begin()), value);
    if (part == "level") set_part(settings.mount_label, 3, value);
}

/// A label that the kernel would refuse when a step begins is refused here. That of the files is nobody's wish where
/// the policy has no such type: then files keep the labels that they have.
void check_labels(RunSettings& settings) {
    if (settings.process_label.empty()) return;
    if (!runtime::policy_knows(settings.process_label))
        throw Error("the SELinux policy of this machine does not know the label {}", quoted(settings.process_label))
            .with_hint("seinfo -t lists its types; label=disable runs steps with the label of builder itself");
    if (!runtime::policy_knows(settings.mount_label)) settings.mount_label.clear();
}

bool has_apparmor() {
    const auto text = runtime::read_file_if_exists("/sys/module/apparmor/parameters/enabled");
    return text && text->starts_with("Y");
}

/// The profiles that are loaded, a line each: "NAME (MODE)"; nothing where this process may not see them.
std::optional<std::string> loaded_profiles() {
    try {
        return runtime::read_file_if_exists("/sys/kernel/security/apparmor/profiles");
    } catch (const runtime::SystemError&) {
        return std::nullopt;
    }
}

/// Other tools load a profile for containers under a name with their version. Where it is there, it is used.
std::string default_apparmor_profile() {
    if (!has_apparmor()) return "";
    std::string newest;
    std::istringstream lines(loaded_profiles().value_or(""));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("containers-default-")) newest = std::max(newest, line.substr(0, line.rfind(" (")));
    return newest;
}

void set_apparmor(RunSettings& settings, const std::string& profile) {
    if (profile == "unconfined") {
        // Who is confined by a profile itself may not leave it: what has none keeps that of builder.
        settings.apparmor_profile.clear();
        return;
    }
    if (!has_apparmor())
        throw Error("--security-opt apparmor={}: this kernel has no AppArmor, or it is switched off", profile)
            .with_hint("apparmor=unconfined is taken everywhere");
    const auto loaded = loaded_profiles();
    if (loaded && ("\n" + *loaded).find("\n" + profile + " (") == std::string::npos)
        throw Error("there is no AppArmor profile {} loaded", quoted(profile))
            .with_hint("apparmor_parser(8) loads one");
    settings.apparmor_profile = profile;
}

Error unknown_option(const std::string& option) {
    if (option.find('=') == std::string::npos) return Error("invalid --security-opt name=value pair: \"{}\"", option);
    return Error("invalid --security-opt 2: \"{}\"", option);
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
        throw unknown_option(option).with_hint(
            "it takes no-new-privileges, seccomp=, label=, apparmor=, mask= and unmask=");
}

}  // namespace

void apply_security_options(const std::vector<std::string>& options, RunSettings& settings,
                            std::vector<std::string>& notices, const std::string& container_id) {
    if (const auto labels = runtime::labels_for_container(container_id)) {
        settings.process_label = labels->process;
        settings.mount_label = labels->file;
    }
    settings.apparmor_profile = default_apparmor_profile();
    for (const std::string& option : options) apply(option, settings);
    check_labels(settings);
    if (!settings.process_label.empty() && settings.isolation == runtime::Isolation::chroot) {
        settings.process_label.clear();
        settings.mount_label.clear();
        notices.emplace_back("steps run with the SELinux label of builder itself, as --isolation chroot has no other");
    }
}

}  // namespace builder

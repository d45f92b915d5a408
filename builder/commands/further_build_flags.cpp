#include "builder/commands/further_build_flags.hpp"

#include <array>
#include <functional>

#include "layers/oci/platform.hpp"

namespace builder {
namespace {

/// --os, --arch and --variant change a part of the platform.
Flag platform_part(const char* name, const char* description, BuildImageRequest& request,
                   std::function<void(layers::Platform&, const std::string&)> change) {
    Flag result{name, 0, "NAME", description};
    result.set = [&request, change = std::move(change)](const std::string& value) {
        layers::Platform platform =
            request.platform.empty() ? layers::host_platform() : layers::parse_platform(request.platform);
        change(platform, value);
        request.platform = layers::format_platform(layers::normalized(platform));
    };
    return result;
}

std::vector<Flag> platform_flags(BuildImageRequest& request) {
    return {platform_part("os", "the operating system to build for", request,
                          [](layers::Platform& platform, const std::string& value) { platform.os = value; }),
            platform_part("arch", "the architecture to build for", request,
                          [](layers::Platform& platform, const std::string& value) {
                              platform.architecture = value;
                              platform.variant.clear();
                          }),
            platform_part("variant", "the variant of the architecture", request,
                          [](layers::Platform& platform, const std::string& value) { platform.variant = value; })};
}

Flag accepted(const char* name, const char* value_name, const char* why) {
    Flag result{name, 0, value_name, std::string("accepted: ") + why};
    result.set = [](const std::string&) {};
    result.hidden = true;
    return result;
}

Flag policy(const char* name, const char* value, BuildImageRequest& request) {
    Flag result{name, 0, "", std::string("the same as --pull=") + value};
    result.set = [name, value, &request](const std::string& text) {
        if (parse_switch(name, text)) request.pull_policy = value;
    };
    result.hidden = true;
    return result;
}

struct Missing {
    const char* name;
    const char* value_name;
    const char* description;
};

constexpr std::array missing_flags = {
    Missing{"all-platforms", "", "build for all platforms of the base image"},
    Missing{"build-arg-file", "FILE", "values of ARG, a line each"},
    Missing{"cache-ttl", "DURATION", "how old cached steps may be"},
    Missing{"cgroup-parent", "PATH", "the cgroup to make those of steps in"},
    Missing{"created-annotation", "", "note the time in an annotation"},
    Missing{"cw", "OPTIONS", "make a confidential workload"},
    Missing{"decryption-key", "KEY", "a key for encrypted images"},
    Missing{"env", "NAME=VALUE", "a variable of the image"},
    Missing{"from", "IMAGE", "another image for the first FROM"},
    Missing{"group-add", "GROUP", "another group for the user"},
    Missing{"hooks-dir", "FOLDER", "programs to run around containers"},
    Missing{"identity-label", "", "note the version of this program in a label"},
    Missing{"iidfile-raw", "FILE", "write the image ID without its algorithm to a file"},
    Missing{"layer-label", "NAME=VALUE", "a label of intermediate images"},
    Missing{"logfile", "FILE", "where to write what is printed"},
    Missing{"logsplit", "", "a file for each platform"},
    Missing{"log-rusage", "", "print what each step used"},
    Missing{"rusage-logfile", "FILE", "write what each step used"},
    Missing{"metadata-file", "FILE", "write what is known of the image, as JSON"},
    Missing{"mount", "SPEC", "a mount for every step"},
    Missing{"omit-history", "", "leave the history out of the image"},
    Missing{"os-feature", "NAME", "a feature that the system must have"},
    Missing{"os-version", "VERSION", "the version of the system"},
    Missing{"runtime-flag", "FLAG", "a flag for the OCI runtime"},
    Missing{"sbom", "PRESET", "make a list of what is in the image"},
    Missing{"sbom-image-output", "PATH", "where the list goes in the image"},
    Missing{"sbom-image-purl-output", "PATH", "where the list of package URLs goes in the image"},
    Missing{"sbom-merge-strategy", "NAME", "how lists become one"},
    Missing{"sbom-output", "FILE", "where the list goes"},
    Missing{"sbom-purl-output", "FILE", "where the list of package URLs goes"},
    Missing{"sbom-scanner-command", "COMMAND", "what makes the list"},
    Missing{"sbom-scanner-image", "IMAGE", "the image that makes the list"},
    Missing{"sign-by", "FINGERPRINT", "the key to sign with"},
    Missing{"source-policy-file", "FILE", "which sources may be used"},
    Missing{"stdin", "", "give steps the standard input"},
    Missing{"unsetannotation", "NAME", "an annotation of the base to leave out"},
    Missing{"unsetenv", "NAME", "a variable to leave out"},
    Missing{"unsetlabel", "NAME", "a label of the base to leave out"},
    Missing{"userns-gid-map", "MAP", "group IDs of the user namespace"},
    Missing{"userns-gid-map-group", "NAME", "the group in /etc/subgid to take IDs from"},
    Missing{"userns-uid-map", "MAP", "user IDs of the user namespace"},
    Missing{"userns-uid-map-user", "NAME", "the user in /etc/subuid to take IDs from"},
    Missing{"volume", "HOST:CONTAINER[:OPTIONS]", "a path of this machine for every step"},
    Missing{"blob-cache", "FOLDER", "a cache of blobs"},
    Missing{"no-hosts", "", "leave the image's /etc/hosts"},
    Missing{"no-hostname", "", "leave the image's /etc/hostname"},
    Missing{"dns", "ADDRESS", "a name server"},
    Missing{"dns-option", "OPTION", "an option for /etc/resolv.conf"},
    Missing{"dns-search", "DOMAIN", "a domain to search for names"},
};

}  // namespace

std::vector<Flag> further_build_flags(BuildImageRequest& request) {
    std::vector<Flag> flags = platform_flags(request);
    flags.push_back(policy("pull-always", "always", request));
    flags.push_back(policy("pull-never", "never", request));
    flags.push_back(accepted("compress", "", "contexts are not sent anywhere"));
    flags.push_back(accepted("disable-content-trust", "", "there is no such trust"));
    flags.push_back(accepted("loglevel", "NUMBER", "see the global --log-level"));
    for (const Missing& one : missing_flags)
        flags.push_back(missing_flag(one.name, 0, one.value_name, one.description));
    for (const char* name : {"ipc", "pid", "uts"})
        flags.push_back(missing_flag(name, 0, "MODE", "namespace of steps: private", {"", "private", "container"}));
    flags.push_back(missing_flag("cgroupns", 0, "MODE", "view of cgroups: private", {"", "private"}));
    flags.push_back(missing_flag("userns", 0, "MODE", "user namespace: host", {"", "host"}));
    flags.push_back(missing_flag("runtime", 0, "PROGRAM", "an OCI runtime for steps", {"", "builtin"}));
    // What these ask for is so already; the other way is not there.
    for (const char* name : {"http-proxy", "inherit-annotations", "inherit-labels"})
        flags.push_back(missing_flag(name, 0, "", "on, and cannot be switched off", {"", "true"}));
    return flags;
}

}  // namespace builder

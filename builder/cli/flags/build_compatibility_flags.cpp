#include "builder/cli/flags/build_compatibility_flags.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <sstream>

#include "builder/cli/flags/container_flags.hpp"
#include "builder/steps/volume_request.hpp"
#include "builder/syntax/mount_options.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

/// --os, --arch and --variant change a part of the platform.
Flag platform_part(const char* name, const char* description, BuildImageRequest& request,
                   std::function<void(layers::Platform&, const std::string&)> change) {
    Flag result{name, 0, "NAME", description};
    result.set = [&request, change = std::move(change)](const std::string& value) {
        layers::Platform platform =
            request.platform.empty() ? layers::host_platform() : layers::parse_platform(request.platform);
        change(platform, value);
        const std::string text = layers::format_platform(layers::normalized(platform));
        request.platform = layers::format_platform(layers::normalized(layers::parse_known_platform(text)));
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
            platform_part("variant", "variant of the architecture", request,
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
    Missing{"cw", "OPTIONS", "make a confidential workload image"},
};

std::vector<Flag> input_flags(BuildCompatibilityFlags& given, BuildImageRequest& request) {
    return {
        flag("from", 0, "IMAGE", "image to use instead of the one in the first FROM", request.first_base),
        flag("sign-by", 0, "KEY", "sign pushed images with this GnuPG key", request.sign_by),
        flag("build-arg-file", 0, "FILE",
             "file with ARG values, one NAME=VALUE per line; later files win, --build-arg wins over all",
             given.argument_files),
        flag("iidfile-raw", 0, "FILE", "write the image ID without its algorithm to a file", given.raw_id_file),
        flag("metadata-file", 0, "FILE", "write image metadata to a file, as JSON", given.metadata_file),
        flag("logfile", 0, "FILE", "write the output to a file", given.log_file),
        flag("log-limit", 0, "SIZE", "limit the output shown of each step: 2m, 500k (default: no limit)",
             given.log_limit),
        flag("log-rusage", 0, "print the resources that each step used", given.logs_use),
        flag("rusage-logfile", 0, "FILE", "write the resources that each step used to a file instead of printing them",
             given.use_log_file),
        flag("logsplit", 0, "write a log file per platform: FILE_OS_ARCH", given.splits_log),
    };
}

std::vector<Flag> namespace_flags(BuildCompatibilityFlags& given) {
    return {
        flag("pid", 0, "MODE", "PID namespace: private, host, container:NAME or ns:PATH", given.namespaces.pid),
        flag("ipc", 0, "MODE", "IPC namespace: private, host, container:NAME or ns:PATH", given.namespaces.ipc),
        flag("uts", 0, "MODE", "UTS namespace: private, host, container:NAME or ns:PATH", given.namespaces.uts),
        flag("cgroupns", 0, "MODE", "cgroup namespace: private, host, container:NAME or ns:PATH",
             given.namespaces.cgroup),
    };
}

std::vector<Flag> step_flags(BuildCompatibilityFlags& given, BuildImageRequest& request) {
    return {
        flag("volume", 'v', "HOST:CONTAINER[:OPTIONS]", "bind mount a host path into every step (options as with run)",
             given.volumes),
        flag("mount", 0, "SPEC", "mount for every step, as RUN --mount takes it", request.steps.mounts),
        flag("stdin", 0, "connect steps to standard input", request.steps.run.gives_input),
        flag("dns", 0, "ADDRESS", "DNS server to use; none keeps the image's /etc/resolv.conf", given.dns_servers),
        flag("dns-option", 0, "OPTION", "DNS option for /etc/resolv.conf", given.dns_options),
        flag("dns-search", 0, "DOMAIN", "DNS search domain", given.dns_searches),
        flag("no-hosts", 0, "do not create /etc/hosts; use the image's", given.omits_hosts),
        flag("no-hostname", 0, "do not create /etc/hostname; use the image's", given.omits_hostname),
        flag("http-proxy", 0, "pass the host's proxy variables to steps (default true)", request.passes_proxies),
    };
}

/// "HOST:CONTAINER" or "HOST:CONTAINER:OPTIONS".
void add_step_volume(const std::string& text, StepPolicy& steps) {
    if (text.empty())
        throw Error("creating build executor: incorrect volume format \"\", should be host-dir:ctr-dir[:option]");
    const VolumeRequest volume = parse_volume(text);
    if (volume.is_plain())
        steps.run.devices.mounts.push_back(
            {volume.source, volume.target, volume.read_only, volume.no_execute, volume.propagation});
    else
        steps.elaborate_volumes.push_back(volume);
}

void read_arguments(const std::string& path, std::map<std::string, std::string>& arguments) {
    constexpr std::size_t limit_bytes = 1U << 20;
    if (::access(path.c_str(), F_OK) != 0) throw runtime::SystemError("open {}", path);
    std::istringstream lines(runtime::read_file(path, limit_bytes));
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with("\r")) line.pop_back();
        if (line.empty() || line.starts_with("#")) continue;
        const auto [key, value] = runtime::split_once(line, '=');
        const std::string name(key);
        if (name.size() < line.size())
            arguments.insert_or_assign(name, std::string(value));
        else if (const char* const own = std::getenv(name.c_str()))
            arguments.insert_or_assign(name, own);
    }
}

}  // namespace

void apply_compatibility_flags(const BuildCompatibilityFlags& flags, BuildImageRequest& request) {
    std::map<std::string, std::string> arguments;
    for (const std::string& file : flags.argument_files) read_arguments(file, arguments);
    request.steps.build_arguments.merge(arguments);  // --build-arg wins
    for (const std::string& text : flags.volumes) add_step_volume(text, request.steps);
    request.steps.volumes = flags.volumes;
    set_resolver(request.steps.run, flags.dns_servers, flags.dns_options, flags.dns_searches);
    if (flags.omits_hosts) request.steps.run.makes_hosts_file = false;
    if (flags.omits_hostname) request.steps.run.makes_hostname_file = false;
    if (!flags.log_limit.empty()) request.log_limit_bytes = parse_size(flags.log_limit);
    apply_document_flags(flags.documents, request);
    request.sbom = make_sbom_request(flags.sbom);
}

std::vector<Flag> build_compatibility_flags(BuildCompatibilityFlags& given, BuildImageRequest& request) {
    std::vector<Flag> flags = platform_flags(request);
    for (Flag& one : input_flags(given, request)) flags.push_back(std::move(one));
    for (Flag& one : document_flags(given.documents, request)) flags.push_back(std::move(one));
    for (Flag& one : sbom_flags(given.sbom)) flags.push_back(std::move(one));
    for (Flag& one : step_flags(given, request)) flags.push_back(std::move(one));
    flags.push_back(policy("pull-always", "always", request));
    flags.push_back(policy("pull-never", "never", request));
    flags.push_back(accepted("compress", "", "contexts are not sent anywhere"));
    flags.push_back(accepted("disable-content-trust", "", "there is no such trust"));
    flags.push_back(accepted("loglevel", "NUMBER", "see the global --log-level"));
    for (const Missing& one : missing_flags)
        flags.push_back(missing_flag(one.name, 0, one.value_name, one.description));
    for (Flag& one : namespace_flags(given)) flags.push_back(std::move(one));
    return flags;
}

}  // namespace builder

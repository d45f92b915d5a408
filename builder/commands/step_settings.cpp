#include "builder/commands/step_settings.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

constexpr std::array asked = {
    "cap-add",
    "cap-drop",
    "security-opt",
    "ulimit",
    "add-host",
    "device",
    "shm-size",
    "userns",
    "isolation",
    "runtime",
    "userns-uid-map",
    "userns-gid-map",
    "runtime-flag",
    "hooks-dir",
    "userns-uid-map-user",
    "userns-gid-map-group",
    "group-add",
    "time-offset",
    "pid",
    "ipc",
    "uts",
    "cgroupns",
    "dns",
    "dns-option",
    "dns-search",
    "no-hosts",
    "no-hostname",
    "stdin",
};

/// What these give to steps: expanded text, variables, files, mounts, the kind of network, times.
constexpr std::array otherwise = {
    "file",
    "target",
    "build-arg",
    "build-arg-file",
    "build-context",
    "cpp-flag",
    "network",
    "volume",
    "mount",
    "env",
    "unsetenv",
    "from",
    "timestamp",
    "platform",
    "all-platforms",
    "os",
    "arch",
    "variant",
    "ignorefile",
    "secret",
    "ssh",
    "source-date-epoch",
    "rewrite-timestamp",
    "compat-volumes",
    "http-proxy",
    "allow",
    "source-policy-file",
};

constexpr std::array none = {
    // Where images come from and go to, what is written beside them, and how it is told.
    "tag",
    "cache-from",
    "cache-to",
    "cache-ttl",
    "manifest",
    "push",
    "pull",
    "pull-always",
    "pull-never",
    "output",
    "iidfile",
    "iidfile-raw",
    "metadata-file",
    "logfile",
    "logsplit",
    "log-rusage",
    "rusage-logfile",
    "quiet",
    "progress",
    "check",
    "call",
    "rm",
    "force-rm",
    "sign-by",
    "authfile",
    "cert-dir",
    "creds",
    "tls-verify",
    "retry",
    "retry-delay",
    "signature-policy",
    "blob-cache",
    "compression-format",
    "compression-level",
    "disable-compression",
    "force-compression",
    "decryption-key",
    "cw",
    "loglevel",
    "compress",
    "disable-content-trust",
    // What the image says of itself, and what is added to it when all steps are done.
    "format",
    "label",
    "annotation",
    "unsetlabel",
    "unsetannotation",
    "inherit-labels",
    "inherit-annotations",
    "created-annotation",
    "identity-label",
    "layer-label",
    "os-version",
    "os-feature",
    "omit-history",
    "sbom",
    "sbom-scanner-image",
    "sbom-scanner-command",
    "sbom-merge-strategy",
    "sbom-output",
    "sbom-purl-output",
    "sbom-image-output",
    "sbom-image-purl-output",
    "squash",
    "save-stages",
    "stage-labels",
    // Which steps are run, and how many at a time.
    "no-cache",
    "layers",
    "jobs",
    "skip-unused-stages",
    // Limits: a step that is over one fails, and leaves no record.
    "memory",
    "memory-swap",
    "cpu-shares",
    "cpu-period",
    "cpu-quota",
    "pids-limit",
    "cpuset-cpus",
    "cpuset-mems",
    "cgroup-parent",
    // Where descriptions and programs are that other flags name.
    "cni-config-dir",
    "cni-plugin-path",
    "cdi-config-dir",
};

template <typename Names>
bool has(const Names& names, const std::string& name) {
    return std::any_of(names.begin(), names.end(), [&](const char* one) { return name == one; });
}

}  // namespace

KeyPart key_part_of(const Flag& flag) {
    if (has(asked, flag.name)) return KeyPart::asked;
    if (has(otherwise, flag.name)) return KeyPart::otherwise;
    if (has(none, flag.name)) return KeyPart::none;
    throw runtime::Error("--{} has no place among the flags that are part of a step's key, or are not", flag.name);
}

void note_asked_settings(std::vector<Flag>& flags, std::vector<AskedSetting>& noted) {
    for (Flag& flag : flags) {
        if (key_part_of(flag) != KeyPart::asked || !flag.set) continue;
        flag.set = [set = std::move(flag.set), name = flag.name, &noted](const std::string& value) {
            set(value);
            noted.push_back({name, value});
        };
    }
}

}  // namespace builder

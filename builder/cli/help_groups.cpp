#include "builder/cli/help_groups.hpp"

namespace builder {
namespace {

FlagGroup flags_for_what_is_shown() {
    return {"What is shown",
            {"progress", "quiet", "explain", "trace", "on-error", "iidfile", "metadata-file", "logfile", "logsplit",
             "log-limit", "log-rusage", "rusage-logfile", "timeout"}};
}

FlagGroup flags_for_contexts() {
    return {
        "Contexts and files",
        {"build-context", "ignorefile", "build-arg-file", "from", "cpp-flag", "source-policy-file", "check", "call"}};
}

FlagGroup flags_for_the_cache() {
    return {"The cache",
            {"no-cache-filter", "cache-from", "cache-to", "cache-ttl", "layers", "save-stages", "stage-labels",
             "skip-unused-stages", "jobs"}};
}

FlagGroup flags_for_the_image() {
    return {"The image",
            {"label",
             "annotation",
             "budget",
             "format",
             "squash",
             "manifest",
             "all-platforms",
             "os",
             "arch",
             "variant",
             "os-feature",
             "os-version",
             "timestamp",
             "source-date-epoch",
             "rewrite-timestamp",
             "created-annotation",
             "identity-label",
             "omit-history",
             "inherit-labels",
             "inherit-annotations",
             "env",
             "unsetenv",
             "unsetlabel",
             "unsetannotation",
             "layer-label",
             "sbom",
             "sbom-output",
             "sbom-purl-output",
             "sbom-image-output",
             "sbom-image-purl-output",
             "sbom-merge-strategy",
             "sbom-scanner-image",
             "sbom-scanner-command",
             "sign-by"}};
}

FlagGroup flags_for_steps() {
    return {"What steps may do, and see",
            {"allow",
             "ssh",
             "volume",
             "mount",
             "device",
             "network",
             "add-host",
             "dns",
             "dns-search",
             "dns-option",
             "http-proxy",
             "memory",
             "memory-swap",
             "pids-limit",
             "cpu-period",
             "cpu-quota",
             "cpu-shares",
             "cpuset-cpus",
             "cpuset-mems",
             "step-timeout",
             "ca-certificates",
             "ulimit",
             "shm-size",
             "cap-add",
             "cap-drop",
             "security-opt",
             "isolation",
             "userns",
             "userns-uid-map",
             "userns-gid-map",
             "userns-uid-map-user",
             "userns-gid-map-group",
             "pid",
             "ipc",
             "uts",
             "cgroupns",
             "cgroup-parent",
             "group-add",
             "runtime",
             "runtime-flag",
             "hooks-dir",
             "no-hosts",
             "no-hostname",
             "compat-volumes",
             "cdi-config-dir",
             "stdin",
             "time-offset"}};
}

FlagGroup flags_for_registries() {
    return {"Registries",
            {"creds", "authfile", "cert-dir", "tls-verify", "retry", "retry-delay", "compression-format",
             "compression-level", "force-compression", "disable-compression", "decryption-key"}};
}

HelpLayout layout_of_build() {
    const FlagGroup most_used = {
        "Most used",
        {"file", "tag", "target", "build-arg", "platform", "push", "load", "output", "no-cache", "pull", "secret"}};
    return {
        {"builder build -t app .                    # builds ./Containerfile or ./Dockerfile, and names the image",
         "builder build -f app.Containerfile --build-arg VERSION=2 --target test .",
         "builder build --push -t registry.example/app:2 --platform linux/amd64,linux/arm64 ."},
        {most_used, flags_for_what_is_shown(), flags_for_contexts(), flags_for_the_cache(), flags_for_the_image(),
         flags_for_steps(), flags_for_registries()},
    };
}

}  // namespace

HelpLayout help_layout(const std::string& command) {
    return command == "build" ? layout_of_build() : HelpLayout{};
}

}  // namespace builder

#include "builder/cli/flags/step_settings.hpp"

#include <string_view>

namespace builder {
namespace {

constexpr std::string_view asked =
    " cap-add cap-drop security-opt ulimit add-host device shm-size userns isolation runtime userns-uid-map "
    "userns-gid-map runtime-flag hooks-dir userns-uid-map-user userns-gid-map-group group-add time-offset "
    "pid ipc uts cgroupns dns dns-option dns-search no-hosts no-hostname stdin ";

/// What these give to steps: expanded text, variables, files, mounts, the kind of network, times.
constexpr std::string_view otherwise =
    " file target build-arg build-arg-file build-context cpp-flag network volume mount env unsetenv from "
    "timestamp platform all-platforms os arch variant ignorefile secret ssh source-date-epoch "
    "rewrite-timestamp compat-volumes http-proxy allow source-policy-file ca-certificates ";

constexpr std::string_view none =
    // Where images come from and go to, what is written beside them, and how it is told.
    " tag cache-from cache-to cache-ttl manifest push pull pull-always pull-never output iidfile iidfile-raw "
    "metadata-file logfile logsplit log-limit log-rusage rusage-logfile quiet progress explain trace on-error "
    "resume-from load check "
    "call rm force-rm sign-by "
    "authfile cert-dir creds tls-verify retry retry-delay signature-policy blob-cache compression-format "
    "compression-level disable-compression force-compression decryption-key cw loglevel compress "
    "disable-content-trust "
    // What the image says of itself, and what is added to it when all steps are done.
    "format label annotation unsetlabel unsetannotation inherit-labels inherit-annotations "
    "created-annotation identity-label layer-label os-version os-feature omit-history sbom "
    "sbom-scanner-image sbom-scanner-command sbom-merge-strategy sbom-output sbom-purl-output "
    "sbom-image-output sbom-image-purl-output squash save-stages stage-labels "
    // Which steps are run, and how many at a time.
    "no-cache no-cache-filter layers jobs skip-unused-stages "
    // Limits: a step that is over one fails, and leaves no record.
    "memory memory-swap cpu-shares cpu-period cpu-quota pids-limit cpuset-cpus cpuset-mems cgroup-parent "
    "timeout step-timeout budget "
    // Docker's, which ask for nothing here.
    "provenance attest builder "
    // Where descriptions and programs are that other flags name.
    "cni-config-dir cni-plugin-path cdi-config-dir ";

/// Each word has a blank on both sides.
bool has(std::string_view names, const std::string& name) {
    return names.find(" " + name + " ") != std::string_view::npos;
}

}  // namespace

std::optional<KeyPart> key_part_of(const std::string& flag) {
    if (has(asked, flag)) return KeyPart::asked;
    if (has(otherwise, flag)) return KeyPart::otherwise;
    if (has(none, flag)) return KeyPart::none;
    return std::nullopt;
}

void note_asked_settings(std::vector<Flag>& flags, std::vector<AskedSetting>& noted) {
    for (Flag& flag : flags) {
        if (!has(asked, flag.name)) continue;
        flag.set = [set = std::move(flag.set), name = flag.name, &noted](const std::string& value) {
            set(value);
            noted.push_back({name, value});
        };
    }
}

}  // namespace builder

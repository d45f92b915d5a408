#include "runtime/container/container_spec.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <ctime>

namespace runtime {
namespace {

std::int64_t offset_of(clockid_t clock, const std::optional<std::int64_t>& wanted, bool from_zero) {
    timespec now{};
    if (from_zero) ::clock_gettime(clock, &now);
    return from_zero ? -std::int64_t{now.tv_sec} : wanted.value_or(0);
}

}  // namespace

std::vector<std::pair<std::string, std::int64_t>> clock_offsets(const ClockOffsets& clocks) {
    return {{"monotonic", offset_of(CLOCK_MONOTONIC, clocks.monotonic_seconds, clocks.from_zero)},
            {"boottime", offset_of(CLOCK_BOOTTIME, clocks.boottime_seconds, clocks.from_zero)}};
}

namespace {

std::vector<std::string> find_masked_paths() {
    std::vector<std::string> paths = {"/proc/acpi",
                                      "/proc/interrupts",
                                      "/proc/kcore",
                                      "/proc/keys",
                                      "/proc/latency_stats",
                                      "/proc/sched_debug",
                                      "/proc/scsi",
                                      "/proc/timer_list",
                                      "/proc/timer_stats",
                                      "/sys/dev/block",
                                      "/sys/devices/virtual/powercap",
                                      "/sys/firmware",
                                      "/sys/fs/selinux"};
    // What the processors' temperatures tell of other programs; there is a folder for each that has a sensor
    // (GHSA-6fw5-f8r9-fgfm).
    const long processors = ::sysconf(_SC_NPROCESSORS_CONF);
    for (long number = 0; number < processors; ++number) {
        std::string path = fmt::format("/sys/devices/system/cpu/cpu{}/thermal_throttle", number);
        if (::access(path.c_str(), F_OK) == 0) paths.push_back(std::move(path));
    }
    return paths;
}

}  // namespace

std::vector<std::string> default_masked_paths() {
    // The host is asked once: every build has such a list, also one that runs nothing.
    static const std::vector<std::string> paths = find_masked_paths();
    return paths;
}

std::vector<std::string> default_read_only_paths() {
    return {"/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
}

}  // namespace runtime

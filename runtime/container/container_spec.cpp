#include "runtime/container/container_spec.hpp"

namespace runtime {

std::vector<std::string> default_masked_paths() {
    return {"/proc/acpi",          "/proc/interrupts",
            "/proc/kcore",         "/proc/keys",
            "/proc/latency_stats", "/proc/sched_debug",
            "/proc/scsi",          "/proc/timer_list",
            "/proc/timer_stats",   "/sys/devices/virtual/powercap",
            "/sys/firmware",       "/sys/fs/selinux"};
}

std::vector<std::string> default_read_only_paths() {
    return {"/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
}

}  // namespace runtime

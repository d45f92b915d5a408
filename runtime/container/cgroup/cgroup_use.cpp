#include "runtime/container/cgroup/cgroup_use.hpp"

#include <sys/vfs.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

constexpr const char* cgroup_root = "/sys/fs/cgroup";
constexpr long cgroup2_magic = 0x63677270;

}  // namespace

bool is_cgroup_version_2() {
    struct statfs status {};
    return ::statfs(cgroup_root, &status) == 0 && status.f_type == cgroup2_magic;
}

std::vector<std::string> places_of_cgroup(const std::string& parent, const std::string& name) {
    std::vector<std::string> places;
    std::istringstream lines(read_file_if_exists("/proc/self/cgroup").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        std::string hierarchy = line.substr(first + 1, second - first - 1);
        if (hierarchy.starts_with("name=")) hierarchy.erase(0, 5);
        if (hierarchy.empty() && !is_cgroup_version_2()) hierarchy = "unified";
        const std::string top = cgroup_root + (hierarchy.empty() ? "" : "/" + hierarchy);
        const std::string own = line.substr(second + 1);
        places.push_back(top + parent + "/" + name);
        if (parent.empty() && own != "/") places.push_back(top + own + "/" + name);
    }
    return places;
}

std::uint64_t count_memory_kills(const std::vector<std::string>& cgroup_folders) {
    std::uint64_t kills = 0;
    for (const std::string& folder : cgroup_folders)
        for (const char* file : {"/memory.events", "/memory.oom_control"}) {
            const std::string text = "\n" + read_file_if_exists(folder + file).value_or("");
            constexpr std::string_view line = "\noom_kill ";
            const std::size_t start = text.find(line);
            if (start == std::string::npos) continue;
            std::uint64_t count = 0;
            std::from_chars(text.data() + start + line.size(), text.data() + text.size(), count);
            kills += count;
        }
    return kills;
}

namespace {

/// The number behind a word at the beginning of a line, or the whole text where the word is empty.
std::optional<std::int64_t> number_in(const std::string& file, std::string_view word) {
    const std::string text = "\n" + read_file_if_exists(file).value_or("");
    const std::size_t start = word.empty() ? 0 : text.find(fmt::format("\n{} ", word));
    if (start == std::string::npos || text.size() < 2) return std::nullopt;
    std::int64_t value = 0;
    const char* const first = text.data() + start + 1 + (word.empty() ? 0 : word.size() + 1);
    const auto [end, error] = std::from_chars(first, text.data() + text.size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

/// The sum of all "key=NUMBER" of io.stat (version 2), or of all "DEVICE Key NUMBER" of blkio (version 1).
std::optional<std::int64_t> sum_in(const std::string& file, std::string_view key) {
    const auto text = read_file_if_exists(file);
    if (!text) return std::nullopt;
    std::int64_t sum = 0;
    for (std::size_t at = text->find(key); at != std::string::npos; at = text->find(key, at + 1)) {
        std::int64_t value = 0;
        std::from_chars(text->data() + at + key.size(), text->data() + text->size(), value);
        sum += value;
    }
    return sum;
}

template <typename Value>
void take(std::optional<Value>& target, const std::optional<Value>& value, Value divisor = 1) {
    if (value) target = *value / divisor;
}

}  // namespace

CgroupUse read_cgroup_use(const std::vector<std::string>& cgroup_folders) {
    CgroupUse use;
    for (const std::string& folder : cgroup_folders) {
        take(use.cpu_microseconds, number_in(folder + "/cpu.stat", "usage_usec"));
        take(use.cpu_microseconds, number_in(folder + "/cpuacct.usage", ""), std::int64_t{1000});
        take(use.peak_memory_bytes, number_in(folder + "/memory.peak", ""));
        take(use.peak_memory_bytes, number_in(folder + "/memory.max_usage_in_bytes", ""));
        take(use.read_bytes, sum_in(folder + "/io.stat", " rbytes="));
        take(use.written_bytes, sum_in(folder + "/io.stat", " wbytes="));
        take(use.read_bytes, sum_in(folder + "/blkio.throttle.io_service_bytes", " Read "));
        take(use.written_bytes, sum_in(folder + "/blkio.throttle.io_service_bytes", " Write "));
    }
    return use;
}

void take_larger(ResourceUse& use, const CgroupUse& counted) {
    constexpr std::int64_t block_bytes = 512;
    const std::int64_t known = use.user_microseconds + use.system_microseconds;
    use.user_microseconds += std::max<std::int64_t>(0, counted.cpu_microseconds.value_or(0) - known);
    use.peak_memory_bytes = std::max(use.peak_memory_bytes, counted.peak_memory_bytes.value_or(0));
    use.blocks_read = std::max(use.blocks_read, counted.read_bytes.value_or(0) / block_bytes);
    use.blocks_written = std::max(use.blocks_written, counted.written_bytes.value_or(0) / block_bytes);
}

}  // namespace runtime

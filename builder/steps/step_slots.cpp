#include "builder/steps/step_slots.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <thread>

#include "runtime/sys/file.hpp"

namespace builder {
namespace {

constexpr int pause_ms = 20;
constexpr auto longest_wait = std::chrono::minutes(2);
constexpr std::uint64_t kib_per_gib = 1U << 20;

/// MemAvailable of /proc/meminfo, proc(5), in KiB; 0 where it is not known.
std::uint64_t available_memory_kib() {
    const std::string text = runtime::read_file_if_exists("/proc/meminfo").value_or("");
    const std::string_view name = "MemAvailable:";
    const std::size_t place = text.find(name);
    if (place == std::string::npos) return 0;
    const std::size_t digits = text.find_first_of("0123456789", place);
    if (digits == std::string::npos) return 0;
    std::uint64_t kib = 0;
    std::from_chars(text.data() + digits, text.data() + text.size(), kib);
    return kib;
}

}  // namespace

runtime::FileLock StepSlots::acquire(const runtime::StopSource& stop) {
    counted_.run([this] { count_ = sensible_count(); });
    runtime::make_folders(folder_, 0700);
    const auto end = std::chrono::steady_clock::now() + longest_wait;
    while (std::chrono::steady_clock::now() < end) {
        for (unsigned i = 0; i < count_; ++i) {
            runtime::FileLock lock(fmt::format("{}/{}", folder_, i));
            if (lock.try_lock(runtime::FileLock::Kind::exclusive)) return lock;
        }
        pollfd stopped{stop.descriptor().get(), POLLIN, 0};
        ::poll(&stopped, 1, pause_ms);
        stop.throw_if_stopped();
    }
    return {};
}

unsigned StepSlots::sensible_count() {
    const unsigned by_processors = 2 * std::max(1U, std::thread::hardware_concurrency());
    const std::uint64_t gib = available_memory_kib() / kib_per_gib;
    return static_cast<unsigned>(std::clamp<std::uint64_t>(gib, 1, by_processors));
}

}  // namespace builder

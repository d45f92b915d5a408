#include "builder/cli/transfer_bars.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "builder/cli/columns.hpp"
#include "builder/cli/output_table.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

constexpr std::size_t bar_columns = 20;

/// "[=====>              ]"
std::string bar(double part) {
    const auto done = static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * bar_columns);
    const std::string tip = done < bar_columns ? ">" : "";
    return fmt::format("[{:<{}}]", std::string(done, '=') + tip, bar_columns);
}

std::string size_text(std::uint64_t bytes) {
    return human_size(static_cast<std::int64_t>(bytes));
}

std::string time_left(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds) + 1;
    if (whole < 60) return fmt::format("{} s left", whole);
    return whole < 3600 ? fmt::format("{} min left", whole / 60) : fmt::format("{} h left", whole / 3600);
}

/// A digest by its beginning.
std::string short_name(const std::string& name) {
    constexpr std::size_t shown = 19;
    return runtime::harmless(name.starts_with("sha256:") ? name.substr(0, shown) : name);
}

std::string describe(const std::string& name, std::uint64_t seen, std::uint64_t size, double seconds) {
    const double rate = static_cast<double>(seen) / std::max(seconds, 0.001);
    const std::string speed = size_text(static_cast<std::uint64_t>(rate)) + "/s";
    if (size == 0) return fmt::format("{} {}, {}", name, size_text(seen), speed);
    std::string text =
        fmt::format("{} {} {} of {}, {}", name, bar(static_cast<double>(seen) / static_cast<double>(size)),
                    size_text(seen), size_text(size), speed);
    if (seen >= size) return text + ", unpacking";
    return rate > 0 ? text + ", " + time_left(static_cast<double>(size - seen) / rate) : text;
}

}  // namespace

void TransferBars::image_asked(const std::string& name) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(name);
}

void TransferBars::image_ends(const std::string&) {
    const std::lock_guard lock(mutex_);
    asked_.clear();
}

void TransferBars::blob_begins(const std::string& name, std::uint64_t size_bytes) {
    const std::lock_guard lock(mutex_);
    asked_.clear();
    blobs_.insert_or_assign(name, Blob{size_bytes});
}

void TransferBars::blob_advances(const std::string& name, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (const auto blob = blobs_.find(name); blob != blobs_.end()) blob->second.seen_bytes += bytes;
}

void TransferBars::blob_ends(const std::string& name, std::uint64_t) {
    const std::lock_guard lock(mutex_);
    blobs_.erase(name);
}

std::vector<std::string> TransferBars::lines(std::size_t columns, std::size_t most_lines, Clock::time_point now) const {
    const std::lock_guard lock(mutex_);
    const auto age = [now](const Blob& blob) { return std::chrono::duration<double>(now - blob.began).count(); };
    std::vector<std::pair<std::string, Blob>> blobs(blobs_.begin(), blobs_.end());
    std::stable_sort(blobs.begin(), blobs.end(),
                     [](const auto& left, const auto& right) { return left.second.began < right.second.began; });
    std::vector<std::string> lines;
    for (const std::string& name : asked_)
        if (lines.size() < most_lines) lines.push_back(fitted("asking for " + runtime::harmless(name), columns));
    // The last line stands for all that have none of their own.
    std::uint64_t seen = 0, size = 0;
    double oldest = 0;
    std::size_t more = 0;
    for (const auto& [name, blob] : blobs) {
        if (lines.size() + 1 < most_lines || blobs.size() + asked_.size() <= most_lines) {
            lines.push_back(fitted(describe(short_name(name), blob.seen_bytes, blob.size_bytes, age(blob)), columns));
            continue;
        }
        seen += blob.seen_bytes;
        size += std::max(blob.size_bytes, blob.seen_bytes);
        oldest = std::max(oldest, age(blob));
        ++more;
    }
    if (more > 0 && lines.size() < most_lines)
        lines.push_back(fitted(describe(fmt::format("{} more blobs", more), seen, size, oldest), columns));
    return lines;
}

}  // namespace builder

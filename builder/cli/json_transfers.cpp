#include "builder/cli/json_transfers.hpp"

#include <nlohmann/json.hpp>

#include "builder/cli/json_line.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;

constexpr auto between_events = std::chrono::milliseconds(250);

ordered_json size_of(std::uint64_t bytes) {
    return bytes == 0 ? ordered_json() : ordered_json(bytes);
}

}  // namespace

void JsonTransfers::image_asked(const std::string& name) {
    print_(json_line({{"event", "pull"}, {"name", name}}));
}

void JsonTransfers::blob_begins(const std::string& name, std::uint64_t size_bytes) {
    const std::lock_guard lock(mutex_);
    blobs_[name] = {size_bytes, 0, Clock::now()};
    print_(json_line({{"event", "transfer_started"}, {"blob", name}, {"bytes", size_of(size_bytes)}}));
}

void JsonTransfers::blob_advances(const std::string& name, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    Blob& blob = blobs_[name];
    blob.done_bytes += bytes;
    const auto now = Clock::now();
    if (now - blob.told < between_events) return;
    blob.told = now;
    print_(json_line({{"event", "transfer_progress"},
                      {"blob", name},
                      {"done_bytes", blob.done_bytes},
                      {"bytes", size_of(blob.size_bytes)}}));
}

void JsonTransfers::blob_ends(const std::string& name, std::uint64_t size_bytes) {
    const std::lock_guard lock(mutex_);
    blobs_.erase(name);
    print_(json_line({{"event", "transfer_finished"}, {"blob", name}, {"bytes", size_bytes}}));
}

}  // namespace builder

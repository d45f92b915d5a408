#include "builder/cli/transfer_progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "builder/cli/output_table.hpp"

namespace builder {
namespace {

constexpr std::chrono::milliseconds between_drawings(100);

/// "sha256:0123456789ab", and other names as they are.
std::string short_name(const std::string& name) {
    const std::size_t colon = name.find(':');
    return colon == std::string::npos ? name : name.substr(0, colon + 13);
}

}  // namespace

TransferProgress::~TransferProgress() {
    if (has_line_) write("\r\033[K");
}

void TransferProgress::write(const std::string& text) const {
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, text.data(), text.size());
}

void TransferProgress::draw() {
    const auto now = Clock::now();
    if (!is_terminal_ || now - drawn_ < between_drawings) return;
    drawn_ = now;
    std::uint64_t seen = 0, all = 0;
    std::size_t ended = 0;
    for (const auto& [name, blob] : blobs_) {
        seen += blob.seen_bytes;
        all += std::max(blob.size_bytes, blob.seen_bytes);
        ended += blob.has_ended ? 1 : 0;
    }
    const double seconds = std::max(0.001, std::chrono::duration<double>(now - started_).count());
    write(fmt::format("\r\033[Kcopying: {} of {} blobs, {} of {}, {}/s", ended, blobs_.size(),
                      human_size(static_cast<std::int64_t>(seen)), human_size(static_cast<std::int64_t>(all)),
                      human_size(static_cast<std::int64_t>(static_cast<double>(seen) / seconds))));
    has_line_ = true;
}

void TransferProgress::blob_begins(const std::string& name, std::uint64_t size_bytes) {
    const std::lock_guard lock(mutex_);
    blobs_[name] = {size_bytes, 0, false};
    draw();
}

void TransferProgress::blob_advances(const std::string& name, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    blobs_[name].seen_bytes += bytes;
    draw();
}

void TransferProgress::blob_ends(const std::string& name, std::uint64_t size_bytes) {
    const std::lock_guard lock(mutex_);
    blobs_[name].has_ended = true;
    if (is_terminal_)
        draw();
    else
        write(fmt::format("Copying blob {} done, {}\n", short_name(name),
                          human_size(static_cast<std::int64_t>(size_bytes))));
}

std::shared_ptr<TransferProgress> make_transfer_progress(bool is_quiet) {
    if (is_quiet) return nullptr;
    return std::make_shared<TransferProgress>(STDERR_FILENO, ::isatty(STDERR_FILENO) == 1);
}

}  // namespace builder

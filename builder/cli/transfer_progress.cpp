#include "builder/cli/transfer_progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "builder/cli/output_table.hpp"
#include "layers/oci/manifest.hpp"

namespace builder {
namespace {

constexpr std::chrono::milliseconds between_drawings(100);

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
    const bool is_new = !blobs_.contains(name);
    blobs_[name] = {size_bytes, 0, false};
    if (is_new) tell("Copying blob " + name);
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
    blobs_[name].size_bytes = size_bytes;
    draw();
}

/// Nothing on a terminal: the live line is there.
void TransferProgress::tell(const std::string& line) {
    if (!is_terminal_) write(line + "\n");
}

void TransferProgress::name_resolved(const std::string& sentence) {
    tell(sentence);
}

void TransferProgress::image_asked(const std::string& name) {
    tell("Trying to pull " + name + "...");
}

void TransferProgress::image_begins() {
    const std::lock_guard lock(mutex_);
    tell("Getting image source signatures");
}

/// Blobs that were there already are named as well.
void TransferProgress::image_ends(const std::string& manifest) {
    const std::lock_guard lock(mutex_);
    const layers::oci::Manifest parts = layers::oci::parse_manifest(manifest);
    for (const layers::oci::Descriptor& layer : parts.layers)
        if (!blobs_.contains(layer.digest_text)) tell("Copying blob " + layer.digest_text);
    tell("Copying config " + parts.config.digest_text);
    tell("Writing manifest to image destination");
}

void tell_stored(TransferProgress& progress, const std::string& manifest) {
    progress.image_begins();
    progress.image_ends(manifest);
}

std::shared_ptr<TransferProgress> make_transfer_progress(bool is_quiet, int descriptor) {
    if (is_quiet) return nullptr;
    return std::make_shared<TransferProgress>(descriptor, ::isatty(descriptor) == 1);
}

}  // namespace builder

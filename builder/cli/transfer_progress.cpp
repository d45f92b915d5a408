#include "builder/cli/transfer_progress.hpp"

#include <unistd.h>

#include "builder/cli/shown_text.hpp"
#include "layers/oci/manifest.hpp"

namespace builder {
namespace {

constexpr std::chrono::milliseconds between_drawings(100);

}  // namespace

TransferProgress::~TransferProgress() {
    if (is_terminal_) write(region_.clear("", terminal_size(descriptor_)));
}

void TransferProgress::write(const std::string& text) const {
    show_text(descriptor_, text);
}

void TransferProgress::draw() {
    const auto now = Clock::now();
    if (!is_terminal_ || now - drawn_ < between_drawings) return;
    drawn_ = now;
    const TerminalSize size = terminal_size(descriptor_);
    write(region_.draw("", bars_.lines(size.columns - 1, size.rows - 1, now), size));
}

void TransferProgress::blob_begins(const std::string& name, std::uint64_t size_bytes) {
    const std::lock_guard lock(mutex_);
    if (blobs_.insert(name).second) tell("Copying blob " + name);
    bars_.blob_begins(name, size_bytes);
    draw();
}

void TransferProgress::blob_advances(const std::string& name, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    bars_.blob_advances(name, bytes);
    draw();
}

void TransferProgress::blob_ends(const std::string& name, std::uint64_t size_bytes) {
    const std::lock_guard lock(mutex_);
    bars_.blob_ends(name, size_bytes);
    draw();
}

/// Nothing on a terminal: the bars are there.
void TransferProgress::tell(const std::string& line) {
    if (!is_terminal_) write(line + "\n");
}

void TransferProgress::name_resolved(const std::string& sentence) {
    tell(sentence);
}

void TransferProgress::image_asked(const std::string& name) {
    bars_.image_asked(name);
    tell("Trying to pull " + name + "...");
}

void TransferProgress::image_begins() {
    const std::lock_guard lock(mutex_);
    tell("Getting image source signatures");
}

/// Blobs that were there already are named as well.
void TransferProgress::image_ends(const std::string& manifest) {
    const std::lock_guard lock(mutex_);
    bars_.image_ends(manifest);
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

#include "registry/transport/archive_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "layers/tar_writer.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

constexpr std::uint64_t block_bytes = 512;
/// The largest size that twelve octal digits with their end can say.
constexpr std::uint64_t largest_octal = (std::uint64_t{1} << 33) - 1;

/// The header of a plain file: the tar writer's, where the size may be patched to GNU's form for large files, since
/// that needs no second header.
std::string make_header(const std::string& name, std::uint64_t size) {
    runtime::StringSink sink;
    layers::TarWriter writer(sink);
    writer.begin({.path = name, .mode = 0644});
    writer.finish();
    std::string header = sink.text().substr(0, block_bytes);
    const std::string size_field = size <= largest_octal ? fmt::format("{:011o}", size) + '\0' : [&] {
        std::string field(12, '\0');
        field[0] = '\x80';
        for (std::size_t i = 0; i < 8; ++i) field[4 + i] = static_cast<char>(size >> (8 * (7 - i)));
        return field;
    }();
    header.replace(124, 12, size_field);
    header.replace(148, 8, 8, ' ');
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    header.replace(148, 7, fmt::format("{:06o}", sum) + '\0');
    return header;
}

void write_at(const runtime::Fd& file, std::string_view text, std::uint64_t offset, const std::string& name) {
    while (!text.empty()) {
        const ssize_t count = ::pwrite(file.get(), text.data(), text.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw runtime::SystemError("cannot write to {}", runtime::quoted(name));
        text.remove_prefix(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
}

std::uint64_t padded(std::uint64_t size) noexcept {
    return (size + block_bytes - 1) / block_bytes * block_bytes;
}

}  // namespace

ArchiveWriter::ArchiveWriter(const std::string& path)
    : output_(path == "-" ? "/dev/stdout" : path, {.writes_anywhere = true}) {}

void ArchiveWriter::add_file(const std::string& name, std::string_view text) {
    begin_file();
    write(std::as_bytes(std::span(text.data(), text.size())));
    end_file(name);
}

void ArchiveWriter::begin_file() {
    header_offset_ = end_offset_;
    end_offset_ += block_bytes;
}

void ArchiveWriter::write(runtime::Bytes content) {
    write_at(output_.file(), {reinterpret_cast<const char*>(content.data()), content.size()}, end_offset_, path());
    end_offset_ += content.size();
}

void ArchiveWriter::end_file(const std::string& name) {
    const std::uint64_t size = end_offset_ - header_offset_ - block_bytes;
    write_at(output_.file(), make_header(name, size), header_offset_, path());
    end_offset_ = header_offset_ + block_bytes + padded(size);
}

void ArchiveWriter::drop_file() {
    // Cut off as well, so that nothing of it shows in later paddings.
    end_offset_ = header_offset_;
    if (::ftruncate(output_.file().get(), static_cast<off_t>(end_offset_)) != 0)
        throw runtime::SystemError("cannot write to {}", runtime::quoted(path()));
}

void ArchiveWriter::finish() {
    // The padding of the last file and the two empty blocks at the end are what the file grows by.
    if (::ftruncate(output_.file().get(), static_cast<off_t>(end_offset_ + 2 * block_bytes)) != 0)
        throw runtime::SystemError("cannot write to {}", runtime::quoted(path()));
    output_.finish();
}

class ArchiveBlobs::Writer final : public BlobWriter {
public:
    using Sink::write;
    explicit Writer(ArchiveBlobs& blobs) : blobs_(blobs) { blobs_.archive_.begin_file(); }
    ~Writer() override {
        if (is_finished_) return;
        try {
            blobs_.archive_.drop_file();
        } catch (const runtime::Error&) {
            // The archive will not be finished: whoever dropped the blob is on the way out with an error of its own.
        }
    }

    void write(runtime::Bytes bytes) override {
        digest_.write(bytes);
        blobs_.archive_.write(bytes);
    }

    BlobInfo finish() override {
        const BlobInfo info{digest_.finish(), digest_.size_bytes()};
        is_finished_ = true;
        if (blobs_.written_.insert(info.digest).second)
            blobs_.archive_.end_file(blobs_.name_of_(info.digest));
        else
            blobs_.archive_.drop_file();
        return info;
    }

private:
    ArchiveBlobs& blobs_;
    layers::DigestingSink digest_;
    bool is_finished_ = false;
};

void ArchiveBlobs::put(runtime::Source& content, const layers::oci::Descriptor& descriptor) {
    if (has(descriptor.digest())) return;
    layers::VerifyingSource verified(content, descriptor.digest(), descriptor.size);
    Writer writer(*this);
    runtime::copy_all(verified, writer);
    writer.finish();
}

void ArchiveBlobs::put_text(std::string_view text) {
    Writer writer(*this);
    writer.write(text);
    writer.finish();
}

std::unique_ptr<BlobWriter> ArchiveBlobs::new_blob() {
    return std::make_unique<Writer>(*this);
}

}  // namespace registry

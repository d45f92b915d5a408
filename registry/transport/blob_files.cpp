#include "registry/transport/blob_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "layers/oci/manifest.hpp"
#include "layers/verifying_source.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace registry {
namespace {

class SliceSource final : public runtime::Source {
public:
    explicit SliceSource(FileSlice slice) : slice_(std::move(slice)) {}

    std::size_t read(std::span<std::byte> buffer) override {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), slice_.size));
        for (;;) {
            const ssize_t count = ::pread(slice_.file->get(), buffer.data(), wanted, static_cast<off_t>(slice_.offset));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw runtime::SystemError("cannot read {}", runtime::quoted(slice_.file_name));
            slice_.offset += static_cast<std::uint64_t>(count);
            slice_.size -= static_cast<std::uint64_t>(count);
            return static_cast<std::size_t>(count);
        }
    }

private:
    FileSlice slice_;
};

/// A verifying source that owns what it reads from, and says where the damage is.
class VerifiedBlob final : public runtime::Source {
public:
    VerifiedBlob(const FileSlice& slice, const layers::oci::Descriptor& descriptor)
        : file_name_(slice.file_name),
          content_(open_slice(slice)),
          verifying_(*content_, descriptor.digest(), descriptor.size) {}

    std::size_t read(std::span<std::byte> buffer) override {
        try {
            return verifying_.read(buffer);
        } catch (runtime::Error& error) {
            error.add_context("the image in {} is damaged", runtime::quoted(file_name_))
                .with_hint("copy the image there again");
            throw;
        }
    }

private:
    std::string file_name_;
    std::unique_ptr<runtime::Source> content_;
    layers::VerifyingSource verifying_;
};

class FolderFiles final : public NamedFiles {
public:
    explicit FolderFiles(std::string folder) : folder_(std::move(folder)) {}

    std::optional<FileSlice> find(const std::string& path) override {
        std::string name = folder_ + "/" + path;
        auto file = runtime::open_if_exists(name, O_RDONLY | O_NONBLOCK);
        if (!file) return std::nullopt;
        const struct stat status = runtime::stat_of(*file);
        if (!S_ISREG(status.st_mode)) throw runtime::Error("{} is not a regular file", runtime::quoted(name));
        return FileSlice{std::make_shared<const runtime::Fd>(*std::move(file)), std::move(name), 0,
                         static_cast<std::uint64_t>(status.st_size)};
    }

    std::optional<FileSlice> find_document(const std::string& path) override {
        auto found = find(path);
        if (!found) return std::nullopt;
        const runtime::Fd root = runtime::open_path(folder_, O_PATH | O_DIRECTORY);
        const auto inside = runtime::open_in_root_if_exists(root, path, O_PATH | O_CLOEXEC);
        const struct stat status = runtime::stat_of(*found->file);
        struct stat own {};
        if (inside) own = runtime::stat_of(*inside);
        if (own.st_dev != status.st_dev || own.st_ino != status.st_ino)
            throw runtime::Error("{} is a link that leads out of its folder", runtime::quoted(folder_ + "/" + path))
                .with_hint("copy what it leads to into the folder if it belongs there");
        return found;
    }

private:
    std::string folder_;
};

}  // namespace

std::unique_ptr<runtime::Source> open_slice(const FileSlice& slice) {
    return std::make_unique<SliceSource>(slice);
}

std::string read_slice(const FileSlice& slice, std::size_t limit_bytes, std::string_view what) {
    SliceSource source(slice);
    return runtime::read_all(source, limit_bytes, what);
}

std::unique_ptr<NamedFiles> files_of_folder(const std::string& folder) {
    return std::make_unique<FolderFiles>(folder);
}

std::unique_ptr<runtime::Source> open_verified(const FileSlice& slice, const layers::oci::Descriptor& descriptor) {
    if (slice.size != descriptor.size)
        throw runtime::Error("the blob {} in {} has {} bytes where the image says {}", descriptor.digest_text,
                             runtime::quoted(slice.file_name), slice.size, descriptor.size)
            .with_hint("copy the image there again");
    return std::make_unique<VerifiedBlob>(slice, descriptor);
}

RawManifest read_manifest(const FileSlice& slice, const layers::oci::Descriptor& descriptor) {
    const auto source = open_verified(slice, descriptor);
    RawManifest manifest{runtime::read_all(*source, layers::oci::manifest_limit_bytes, "the manifest"), {}};
    manifest.media_type = layers::oci::document_type(manifest.text, descriptor.media_type);
    return manifest;
}

runtime::Error missing_blob(const std::string& place, const layers::oci::Descriptor& descriptor) {
    runtime::Error error("{} has no blob {}", place, descriptor.digest_text);
    error.with_hint(descriptor.urls.empty() ? "the image was copied in part only; copy it again"
                                            : "it must be fetched from " + descriptor.urls.front());
    return error;
}

std::string blob_path(const layers::Digest& digest) {
    return fmt::format("blobs/{}/{}", digest.algorithm_name(), digest.hex());
}

}  // namespace registry

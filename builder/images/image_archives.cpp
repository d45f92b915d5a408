#include "builder/images/image_archives.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "builder/images/place_names.hpp"
#include "builder/images/transfer.hpp"
#include "layers/compression.hpp"
#include "registry/export_image.hpp"
#include "registry/transport/docker_archive.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::quoted;

/// A file that is gone with this.
class TemporaryFile {
public:
    explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { ::unlink(path_.c_str()); }
    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

layers::Compression compression_of(const Fd& file) {
    std::array<std::byte, 8> first{};
    const ssize_t count = ::pread(file.get(), first.data(), first.size(), 0);
    return layers::detect_compression(
        runtime::Bytes(first).first(static_cast<std::size_t>(std::max<ssize_t>(count, 0))));
}

/// An archive as a plain tar that can be read at any place: the file itself, or a copy in the store's staging folder.
class PlainArchive {
public:
    PlainArchive(layers::Store& store, const std::string& file) : path_(file) {
        if (file == "-") copy_to(store, Fd(::dup(STDIN_FILENO)), "standard input");
        const Fd opened = runtime::open_path(path_, O_RDONLY);
        const layers::Compression packing = compression_of(opened);
        if (packing != layers::Compression::none) unpack_to(store, opened, packing);
    }
    const std::string& path() const noexcept { return path_; }

private:
    Fd new_copy(layers::Store& store) {
        copies_.push_back(std::make_unique<TemporaryFile>(store.staging().new_path()));
        path_ = copies_.back()->path();
        return runtime::open_path(path_, O_RDWR | O_CREAT | O_EXCL, 0600);
    }
    void copy_to(layers::Store& store, Fd input, const std::string& name) {
        runtime::FileSource source(std::move(input), name);
        runtime::FileSink sink(new_copy(store), path_);
        runtime::copy_all(source, sink);
    }
    void unpack_to(layers::Store& store, const Fd& packed, layers::Compression packing) {
        runtime::FileSource source(packed.duplicate(), path_);
        const auto plain = layers::make_decompressor(packing, source, layers::TrailingBytes::ignored);
        runtime::FileSink sink(new_copy(store), path_);
        runtime::copy_all(*plain, sink);
    }

    std::string path_;
    std::vector<std::unique_ptr<TemporaryFile>> copies_;
};

LoadedImage load_one(layers::Store& store, const std::string& place, const std::string& platform,
                     registry::Registries& registries) {
    return {*import_from(store, place, platform, registries), names_at_place(place)};
}

}  // namespace

void save_images(layers::Store& store, const std::vector<SavedImage>& images, const std::string& file,
                 registry::Registries& registries) {
    std::vector<std::vector<std::string>> names;
    for (const SavedImage& one : images) names.push_back(one.names);
    const auto archive = registry::make_docker_archive_of(file, names);
    for (const SavedImage& one : images) registry::export_image(one.image, store, *archive, {}, registries.stop());
}

std::vector<LoadedImage> load_images(layers::Store& store, const std::string& file, const std::string& platform,
                                     registry::Registries& registries) {
    const PlainArchive archive(store, file);
    std::size_t count = 0;
    try {
        count = registry::count_in_docker_archive(archive.path());
    } catch (const Error& not_of_docker) {
        try {
            return {load_one(store, "oci-archive:" + archive.path(), platform, registries)};
        } catch (const Error& not_of_oci) {
            throw Error("{} is no archive of images: {}", file == "-" ? "standard input" : quoted(file),
                        not_of_oci.full_message())
                .with_hint("it takes what docker save, podman save and builder save write");
        }
    }
    std::vector<LoadedImage> images;
    for (std::size_t i = 0; i < count; ++i)
        images.push_back(
            load_one(store, fmt::format("docker-archive:{}:@{}", archive.path(), i), platform, registries));
    return images;
}

}  // namespace builder

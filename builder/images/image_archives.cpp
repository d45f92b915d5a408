#include "builder/images/image_archives.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <span>

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

/// Bytes of a file or a pipe; a stop ends the wait for them.
class StoppableSource final : public runtime::Source {
public:
    StoppableSource(Fd file, std::string name, const runtime::StopSource& stop)
        : file_(std::move(file)), name_(std::move(name)), stop_(stop) {}

    std::size_t read(std::span<std::byte> buffer) override {
        while (true) {
            std::array<pollfd, 2> polled = {pollfd{file_.get(), POLLIN, 0},
                                            pollfd{stop_.descriptor().get(), POLLIN, 0}};
            if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR)
                throw runtime::SystemError("cannot wait for {}", name_);
            stop_.throw_if_stopped();
            if (polled[0].revents == 0) continue;
            const ssize_t count = ::read(file_.get(), buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR && errno != EAGAIN) throw runtime::SystemError("cannot read {}", name_);
        }
    }

private:
    Fd file_;
    std::string name_;
    const runtime::StopSource& stop_;
};

/// An archive as a plain tar that can be read at any place: the file itself, or a copy in the store's staging folder.
class PlainArchive {
public:
    PlainArchive(layers::Store& store, const std::string& file, const runtime::StopSource& stop)
        : path_(file), stop_(stop) {
        // A pipe that nobody writes to yet is waited for below, where a stop ends that.
        Fd opened = file == "-" ? Fd(::dup(STDIN_FILENO)) : runtime::open_path(file, O_RDONLY | O_NONBLOCK);
        // A colon ends the name of a file in the notation of places.
        if (!S_ISREG(runtime::stat_of(opened).st_mode) || file == "-" || file.find(':') != std::string::npos) {
            StoppableSource source(std::move(opened), file == "-" ? "standard input" : quoted(file), stop_);
            copy(source, store);
            opened = runtime::open_path(path_, O_RDONLY);
        }
        const layers::Compression packing = compression_of(opened);
        if (packing == layers::Compression::none) return;
        StoppableSource packed(std::move(opened), path_, stop_);
        const auto plain = layers::make_decompressor(packing, packed, layers::TrailingBytes::ignored);
        copy(*plain, store);
    }
    const std::string& path() const noexcept { return path_; }

private:
    void copy(runtime::Source& source, layers::Store& store) {
        copies_.push_back(std::make_unique<TemporaryFile>(store.staging().new_path()));
        path_ = copies_.back()->path();
        runtime::FileSink sink(runtime::open_path(path_, O_RDWR | O_CREAT | O_EXCL, 0600), path_);
        runtime::copy_all(source, sink);
    }

    std::string path_;
    const runtime::StopSource& stop_;
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

void load_images(layers::Store& store, const std::string& file, const std::string& platform,
                 registry::Registries& registries, const std::function<void(const LoadedImage&)>& loaded) {
    // Each is found by reading the list again.
    constexpr std::size_t most_images = 500;
    const PlainArchive archive(store, file, registries.stop());
    std::size_t count = 0;
    try {
        count = registry::count_in_docker_archive(archive.path());
    } catch (const Error& not_of_docker) {
        try {
            return loaded(load_one(store, "oci-archive:" + archive.path(), platform, registries));
        } catch (const Error& not_of_oci) {
            registries.stop().throw_if_stopped();
            const bool is_oci = not_of_oci.message().find("oci-layout") == std::string::npos;
            throw Error("{} is no archive of images: {}", file == "-" ? "standard input" : quoted(file),
                        is_oci ? not_of_oci.full_message() : not_of_docker.full_message())
                .with_hint("it takes what docker save, podman save and builder save write");
        }
    }
    if (count == 0) throw Error("{} holds no image", file == "-" ? "standard input" : quoted(file));
    if (count > most_images) throw Error("{} lists {} images; {} are taken at most", quoted(file), count, most_images);
    for (std::size_t i = 0; i < count; ++i)
        loaded(load_one(store, fmt::format("docker-archive:{}:@{}", archive.path(), i), platform, registries));
}

}  // namespace builder

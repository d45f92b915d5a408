#include "registry/transport/blob_cache.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

#include "registry/transport/blob_files.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/umask.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;

/// Passes a blob on and keeps a copy. The last byte comes only when the blob is verified, so that a copy with all of
/// them is whole.
class KeptBlob final : public runtime::Source {
public:
    KeptBlob(std::unique_ptr<runtime::Source> blob, std::string path, std::uint64_t size_bytes)
        : blob_(std::move(blob)),
          path_(std::move(path)),
          temporary_path_(new_temporary_path(path_)),
          copy_(runtime::open_path(temporary_path_, O_WRONLY | O_CREAT | O_EXCL, runtime::output_mode(0644)),
                temporary_path_),
          missing_bytes_(size_bytes) {}
    ~KeptBlob() override {
        if (!is_kept_) ::unlink(temporary_path_.c_str());
    }
    KeptBlob(const KeptBlob&) = delete;
    KeptBlob& operator=(const KeptBlob&) = delete;

    std::size_t read(std::span<std::byte> buffer) override {
        const std::size_t count = blob_->read(buffer);
        copy_.write(runtime::Bytes(buffer).first(count));
        missing_bytes_ -= count;
        if (missing_bytes_ == 0 && !is_kept_) {
            if (::rename(temporary_path_.c_str(), path_.c_str()) != 0)
                throw runtime::SystemError("cannot keep {}", runtime::quoted(path_));
            is_kept_ = true;
        }
        return count;
    }

private:
    static std::string new_temporary_path(const std::string& path) {
        static std::atomic<unsigned> number = 0;
        return fmt::format("{}.{}.{}", path, ::getpid(), number++);
    }

    std::unique_ptr<runtime::Source> blob_;
    std::string path_;
    std::string temporary_path_;
    runtime::FileSink copy_;
    std::uint64_t missing_bytes_;
    bool is_kept_ = false;
};

class CachedSource final : public ImageSource {
public:
    CachedSource(ImageSource& source, std::string folder) : source_(source), folder_(std::move(folder)) {
        runtime::make_folders(folder_, runtime::output_mode(0755));
    }
    RawManifest manifest() override { return source_.manifest(); }
    RawManifest manifest(const Descriptor& descriptor) override { return source_.manifest(descriptor); }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        const std::string path = folder_ + "/" + descriptor.digest().text();
        if (auto file = runtime::open_if_exists(path, O_RDONLY)) {
            const auto size = static_cast<std::uint64_t>(runtime::stat_of(*file).st_size);
            return open_verified({std::make_shared<const runtime::Fd>(*std::move(file)), path, 0, size}, descriptor);
        }
        return std::make_unique<KeptBlob>(source_.open_blob(descriptor), path, descriptor.size);
    }
    unsigned parallel_blobs() const noexcept override { return source_.parallel_blobs(); }
    std::optional<BlobPlace> place() const override { return source_.place(); }
    const std::string& name() const noexcept override { return source_.name(); }

private:
    ImageSource& source_;
    std::string folder_;
};

}  // namespace

std::unique_ptr<ImageSource> with_blob_cache(ImageSource& source, const std::string& folder) {
    return std::make_unique<CachedSource>(source, folder);
}

}  // namespace registry

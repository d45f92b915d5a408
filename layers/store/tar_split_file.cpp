#include "layers/store/tar_split_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "runtime/base/error.hpp"

namespace layers {

bool keeps_tar_splits(const StoreLocation& location) noexcept {
    return ::access(tar_splits_folder(location).c_str(), F_OK) == 0;
}

std::string tar_splits_folder(const StoreLocation& location) {
    return location.root + "/podman/tar-split";
}

std::string tar_split_path(const StoreLocation& location, const Digest& diff_id) {
    return fmt::format("{}/{}.gz", tar_splits_folder(location), diff_id.hex());
}

TarSplitFile::TarSplitFile(std::string staged_path) : staged_path_(std::move(staged_path)) {
    attempt([this] {
        file_ = std::make_unique<runtime::FileSink>(runtime::open_path(staged_path_, O_WRONLY | O_CREAT | O_EXCL, 0600),
                                                    staged_path_);
        gzip_ = make_compressor(Compression::gzip, 1, *file_, 1);
        split_ = std::make_unique<TarSplitSink>(*gzip_);
    });
}

TarSplitFile::~TarSplitFile() {
    if (!staged_path_.empty()) ::unlink(staged_path_.c_str());
}

template <typename Work>
void TarSplitFile::attempt(Work work) {
    if (problem_) return;
    try {
        work();
    } catch (const runtime::Error& error) {
        problem_ = std::make_unique<runtime::Error>(error);
    }
}

void TarSplitFile::write(runtime::Bytes bytes) {
    attempt([&] { split_->write(bytes); });
}

void TarSplitFile::keep(const std::string& path) {
    attempt([&] {
        split_->finish();
        gzip_->finish();
        if (::fdatasync(file_->file().get()) != 0 || ::rename(staged_path_.c_str(), path.c_str()) != 0)
            throw runtime::SystemError("cannot write {}", runtime::quoted(path));
        staged_path_.clear();
    });
    if (problem_) throw *problem_;
}

}  // namespace layers

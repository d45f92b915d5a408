// The tar-split of a layer as a file: made once for each diff ID, in a store that is published (docs/podman.md).
#pragma once

#include <memory>
#include <string>

#include "layers/compression.hpp"
#include "layers/digest.hpp"
#include "layers/store/store_location.hpp"
#include "layers/tar_split.hpp"
#include "runtime/sys/file.hpp"

namespace layers {

/// Whether anybody wants them here.
bool keeps_tar_splits(const StoreLocation& location) noexcept;
std::string tar_splits_folder(const StoreLocation& location);
std::string tar_split_path(const StoreLocation& location, const Digest& diff_id);

/// Takes the tar while it passes by for another reason. What goes wrong is told by keep() only.
class TarSplitFile final : public runtime::Sink {
public:
    using Sink::write;
    /// A fresh path on the file system of the place that it is for.
    explicit TarSplitFile(std::string staged_path);
    ~TarSplitFile() override;
    TarSplitFile(const TarSplitFile&) = delete;
    TarSplitFile& operator=(const TarSplitFile&) = delete;

    void write(runtime::Bytes bytes) override;
    /// When all has passed: puts it to its place, flushed. Throws Error, also for a tar that has no tar-split.
    void keep(const std::string& path);

private:
    template <typename Work>
    void attempt(Work work);

    std::string staged_path_;
    std::unique_ptr<runtime::FileSink> file_;
    std::unique_ptr<CompressingSink> gzip_;
    std::unique_ptr<TarSplitSink> split_;
    std::unique_ptr<runtime::Error> problem_;
};

}  // namespace layers

#include "registry/transport/blob_in_folder.hpp"

#include <fcntl.h>

#include "runtime/sys/file.hpp"
#include "runtime/sys/umask.hpp"

namespace registry {
namespace {

constexpr const char* unfinished = "blob";

}  // namespace

BlobInFolder::BlobInFolder(const runtime::Fd& folder, const std::string& path)
    : path_(path), file_(folder, unfinished, runtime::output_mode(0644), path) {}

void BlobInFolder::write(runtime::Bytes bytes) {
    digest_.write(bytes);
    runtime::write_all(file_.file(), bytes, path_);
}

BlobInfo BlobInFolder::finish() {
    const BlobInfo info{digest_.finish(), digest_.size_bytes()};
    file_.put_in_place(std::string(info.digest.hex()));
    return info;
}

runtime::Fd BlobInFolder::open_folder(const std::string& path) {
    runtime::Fd folder = runtime::open_path(path, O_RDONLY | O_DIRECTORY);
    runtime::UnfinishedFile::remove_leftovers(folder, unfinished);
    return folder;
}

}  // namespace registry

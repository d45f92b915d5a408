// A layer as a stream, made entry by entry, and unpacked into a folder.
#pragma once

#include <gmock/gmock.h>

#include "layers/layer_reader.hpp"
#include "layers/layer_writer.hpp"
#include "layers/tar_writer.hpp"
#include "runtime/base/error.hpp"
#include "tests/unit/layers/tar_tools.hpp"

#define NEEDS_ROOT() \
    if (!is_root()) GTEST_SKIP() << "needs root: devices, owners and trusted xattrs"

namespace layers::testing {

class LayerReader : public ::testing::Test {
protected:
    LayerReader() {
        make_folder(folder_.path("diff"));
        writer_.emplace(stream_);
    }

    std::string diff(const std::string& name) const { return folder_.path("diff/" + name); }

    void put(TarType type, std::string path, std::string content_or_target = "", mode_t mode = 0755) {
        TarEntry entry{
            .path = std::move(path), .type = type, .mode = mode, .uid = ::getuid(), .gid = ::getgid(), .mtime = {5, 0}};
        if (type == TarType::file)
            entry.size = content_or_target.size();
        else
            entry.link_target = content_or_target;
        put(entry, content_or_target);
    }

    void put(const TarEntry& entry, const std::string& content = "") {
        writer_->begin(entry);
        if (entry.size != 0) writer_->write(std::as_bytes(std::span(content)));
    }

    UnpackStatistics apply(const ApplyOptions& options = {}) {
        writer_->finish();
        const std::string tar = stream_.take();
        writer_.emplace(stream_);
        return apply_tar(tar, options);
    }

    UnpackStatistics apply_tar(const std::string& tar, const ApplyOptions& options = {}) {
        runtime::MemorySource source(tar);
        return apply_layer(source, open_folder(folder_.path("diff")), options);
    }

    /// The message of the Error that applying must throw.
    std::string refused(const ApplyOptions& options = {}) {
        writer_->finish();
        const std::string tar = stream_.take();
        writer_.emplace(stream_);
        return refused_tar(tar, options);
    }

    std::string refused_tar(const std::string& tar, const ApplyOptions& options) {
        try {
            apply_tar(tar, options);
        } catch (const runtime::Error& error) {
            return error.full_message();
        }
        return "nothing was thrown";
    }

    bool exists(const std::string& name) const {
        return ::faccessat(AT_FDCWD, diff(name).c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    }

    std::string tar_of(const std::string& path) {
        runtime::StringSink sink;
        write_layer_tar(open_folder(path), sink, {});
        return sink.take();
    }

    runtime::TempFolder folder_;
    runtime::StringSink stream_;
    std::optional<TarWriter> writer_;
};

}  // namespace layers::testing

#include "builder/sources/archive_source.hpp"

#include <unistd.h>

#include "layers/archive_reader.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {

bool is_archive(const runtime::Fd& file) {
    ::lseek(file.get(), 0, SEEK_SET);
    runtime::FileSource source(file.duplicate(), "a file of the context");
    return layers::is_archive(source);
}

layers::UnpackStatistics extract_archive(runtime::Fd file, const runtime::Fd& folder, const std::string& name) {
    ::lseek(file.get(), 0, SEEK_SET);
    runtime::FileSource source(std::move(file), name);
    try {
        return layers::extract_archive(source, folder, {});
    } catch (runtime::Error& error) {
        error.add_context("cannot unpack {}", runtime::quoted(name));
        throw;
    }
}

}  // namespace builder

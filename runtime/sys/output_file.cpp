#include "runtime/sys/output_file.hpp"

#include <unistd.h>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_place.hpp"
#include "runtime/sys/temp_folder.hpp"
#include "runtime/sys/umask.hpp"

namespace runtime {
OutputFile::OutputFile(std::string path, Rules rules) : path_(std::move(path)) {
    OutputPlace place = rules.replaces_links ? find_output_itself(path_) : find_output(path_);
    if (place.open) {
        file_ = std::move(place.open);
        if (!rules.writes_anywhere) return;
        target_ = std::move(file_);
        file_ = nameless_file();  // what is written need not come in order
        return;
    }
    name_ = std::move(place.name);
    UnfinishedFile::remove_leftovers(place.folder, name_);
    beside_ = UnfinishedFile(place.folder, name_, rules.replaces_links ? rules.mode : output_mode(rules.mode), path_);
}

void OutputFile::copy_to_target() {
    if (::lseek(file_.get(), 0, SEEK_SET) != 0) throw SystemError("cannot read what goes to {}", quoted(path_));
    FileSource source(std::move(file_), path_);
    FileSink sink(std::move(target_), path_);
    copy_all(source, sink);
}

void OutputFile::finish() {
    if (target_) return copy_to_target();
    if (beside_) beside_.put_in_place(name_);
}

namespace {

void write_output(OutputFile output, std::string_view text) {
    write_all(output.file(), text, output.path());
    output.finish();
}

}  // namespace

void replace_file(const std::string& path, std::string_view text, mode_t mode) {
    write_output(OutputFile(path, {.mode = mode}), text);
}

void replace_own_file(const std::string& path, std::string_view text, mode_t mode) {
    write_output(OutputFile(path, {.mode = mode, .replaces_links = true}), text);
}

}  // namespace runtime

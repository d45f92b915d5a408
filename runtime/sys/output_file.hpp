// Files that a command writes for its caller: --iidfile, an archive, a list of passwords.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <string>
#include <string_view>

#include "runtime/sys/fd.hpp"
#include "runtime/sys/unfinished_file.hpp"

namespace runtime {

/// An output. What is no regular file (/dev/null, /dev/stdout, /dev/fd/N, a FIFO) is written into. A regular file is
/// replaced whole by finish(), or stays as it is: what is written stands beside it as `.NAME.builder-XXXXXX` until
/// then, locked while it is alive, so that the next output there can remove one that a kill left. Links: see
/// output_place.hpp.
class OutputFile {
public:
    struct Rules {
        mode_t mode = 0644;            ///< for a file with replaces_links; any other gets output_mode(mode)
        bool writes_anywhere = false;  ///< in any order, and cuts off: what is written into gets it when it is whole
        bool replaces_links = false;   ///< whatever has the name is replaced, as in folders of a format of ours
    };
    /// Throws Error.
    OutputFile(std::string path, Rules rules);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    const Fd& file() const noexcept { return file_ ? file_ : beside_.file(); }
    const std::string& path() const noexcept { return path_; }
    /// Puts it in its place, flushed. Throws Error.
    void finish();

private:
    void copy_to_target();

    std::string path_;
    Fd file_;
    Fd target_;              ///< what is written into by finish()
    UnfinishedFile beside_;  ///< what replaces a regular file
    std::string name_;
};

/// replace_file() of file.hpp is an output that is one text. This is the same for a file of a folder whose format is
/// ours (an image, a bundle, the store): a link there is replaced.
void replace_own_file(const std::string& path, std::string_view text, mode_t mode = 0644);

}  // namespace runtime

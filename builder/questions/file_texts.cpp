#include "builder/questions/file_texts.hpp"

#include <fmt/format.h>

#include <array>

#include "runtime/base/clock.hpp"

namespace builder {
namespace {

char type_letter(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFDIR:
            return 'd';
        case S_IFLNK:
            return 'l';
        case S_IFIFO:
            return 'p';
        case S_IFSOCK:
            return 's';
        case S_IFBLK:
            return 'b';
        case S_IFCHR:
            return 'c';
        default:
            return '-';
    }
}

}  // namespace

std::string mode_letters(mode_t mode) {
    struct Special {
        mode_t bit;
        std::size_t place;  ///< of the x that it takes the place of
        char letter;
    };
    static constexpr std::array specials = {Special{S_ISUID, 3, 's'}, Special{S_ISGID, 6, 's'},
                                            Special{S_ISVTX, 9, 't'}};
    std::string text(1, type_letter(mode));
    for (unsigned bit = 0; bit < 9; ++bit) text += (mode & (0400U >> bit)) != 0 ? "rwx"[bit % 3] : '-';
    for (const Special& one : specials)
        if ((mode & one.bit) != 0)
            text[one.place] = text[one.place] == 'x' ? one.letter : static_cast<char>(one.letter - 'a' + 'A');
    return text;
}

std::string mode_digits(mode_t mode) {
    return fmt::format("{:04o}", mode & 07777U);
}

std::string owner_text(const struct stat& status) {
    return fmt::format("{}:{}", status.st_uid, status.st_gid);
}

std::string modified_text(const struct stat& status) {
    return runtime::rfc3339(status.st_mtim);
}

std::int64_t size_of(const struct stat& status) noexcept {
    return S_ISREG(status.st_mode) || S_ISLNK(status.st_mode) ? status.st_size : 0;
}

}  // namespace builder

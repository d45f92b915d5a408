#include "builder/steps/kept_copies.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/sys/file.hpp"

namespace builder {
namespace {

constexpr std::size_t most_copies = 2;

bool is_the_folder(const runtime::Fd& open, const std::string& path) {
    const struct stat one = runtime::stat_of(open);
    const struct stat other = runtime::stat_of(runtime::open_path(path, O_PATH));
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// Whether `folders` are those of the copy with the step's layer on top, and perhaps more above it.
bool fits(const KeptCopy& copy, const std::vector<std::string>& folders) {
    const std::size_t below = copy.folders.size();
    if (folders.size() <= below || !std::equal(copy.folders.rbegin(), copy.folders.rend(), folders.rbegin()))
        return false;
    return is_the_folder(copy.layer, folders[folders.size() - below - 1]);
}

}  // namespace

std::optional<KeptCopies::Found> KeptCopies::take(const std::vector<std::string>& folders) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(copies_.begin(), copies_.end(), [&](const KeptCopy& copy) { return fits(copy, folders); });
    if (found == copies_.end()) return std::nullopt;
    const auto later = folders.end() - static_cast<std::ptrdiff_t>(found->folders.size());
    Found result{std::move(found->place), {folders.begin(), later}};
    std::vector<KeptCopy> others;
    for (auto copy = copies_.begin(); copy != copies_.end(); ++copy)
        if (copy != found) others.push_back(std::move(*copy));
    copies_.swap(others);
    return result;
}

void KeptCopies::keep(KeptCopy copy) {
    std::vector<KeptCopy> kept;
    const std::lock_guard lock(mutex_);
    const std::size_t surplus = copies_.size() < most_copies ? 0 : copies_.size() + 1 - most_copies;
    for (std::size_t i = surplus; i < copies_.size(); ++i) kept.push_back(std::move(copies_[i]));
    kept.push_back(std::move(copy));
    copies_.swap(kept);
}

}  // namespace builder

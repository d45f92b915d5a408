#include "runtime/emulated/stand_ins.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include "runtime/emulated/refusal.hpp"

namespace runtime::emulated {
namespace {

constexpr std::size_t most = 512;

/// Numbers of one length, so that the first in order is the oldest.
std::string name_of(std::uint64_t number) {
    return fmt::format("builder-place.{:016x}", number);
}

}  // namespace

Fd StandIns::make(Fd file, std::string path) {
    const std::string name = name_of(next_++);
    Fd made(checked(::memfd_create(name.c_str(), MFD_CLOEXEC)));
    if (kept_.size() >= most) kept_.erase(kept_.begin());
    kept_["/memfd:" + name] = {std::make_shared<const Fd>(std::move(file)), std::move(path)};
    return made;
}

const StandIns::Kept* StandIns::find(const std::string& path) const {
    if (kept_.empty() || !path.starts_with("/memfd:builder-place.")) return nullptr;
    const auto found = kept_.find(path);
    return found == kept_.end() ? nullptr : &found->second;
}

}  // namespace runtime::emulated

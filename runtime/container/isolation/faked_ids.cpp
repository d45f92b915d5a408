#include "runtime/container/isolation/faked_ids.hpp"

namespace runtime {
/// Nobody was ever anybody but root: then there is nothing to look up.
bool FakedIdentities::is_plain() const {
    const auto& others = first_.supplementary;
    const bool has_only_its_group = others.empty() || others == std::vector<gid_t>{0};
    return changed_.empty() && first_.users[0] == 0 && first_.groups[0] == 0 && has_only_its_group;
}

/// A process is who its nearest ancestor became.
const FakedIds& FakedIdentities::ids_of(const KnownProcess& process) const {
    KnownProcess one = process;
    for (int steps = 0; steps < 1000; ++steps) {
        if (const auto found = changed_.find({one.number, one.start}); found != changed_.end()) return found->second;
        if (one.parent.empty() || one.parent == "0") break;
        one = access_.find(one.parent);
    }
    return first_;
}

std::optional<FakedIdentities::Answer> FakedIdentities::answer(long call, const std::string& thread,
                                                               const std::array<std::uint64_t, 3>& given) {
    if (changes_identity(call)) return change(call, thread, given);
    if (!asks_for_identity(call)) return std::nullopt;
    if (is_plain()) return Answer{true, 0, 0};
    const IdentityAnswer told = tell_identity(call, given, ids_of(access_.find(thread)),
                                              [&](std::uint64_t address, const void* bytes, std::size_t size) {
                                                  access_.write(thread, address, bytes, size);
                                              });
    return Answer{false, told.value, told.error};
}

FakedIdentities::Answer FakedIdentities::change(long call, const std::string& thread,
                                                const std::array<std::uint64_t, 3>& given) {
    const KnownProcess process = access_.find(thread);
    FakedIds ids = ids_of(process);
    const IdentityAnswer changed =
        change_identity(call, given, ids, [&](std::uint64_t address, void* bytes, std::size_t size) {
            access_.read(process.number, address, bytes, size);
        });
    if (changed.error == 0) changed_[{process.number, process.start}] = std::move(ids);
    return {false, changed.value, changed.error};
}

}  // namespace runtime

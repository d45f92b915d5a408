#include "runtime/sys/filter_assembler.hpp"

#include <limits>
#include <utility>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

}  // namespace

FilterAssembler::Label FilterAssembler::label() {
    Label label;
    label.number = places_.size();
    places_.push_back(nowhere);
    return label;
}

void FilterAssembler::place(Label label) {
    places_.at(label.number) = program_.size();
}

void FilterAssembler::jump(unsigned kind, std::uint32_t value, Label to, bool if_so) {
    jumps_.push_back({program_.size(), to.number, if_so});
    put(BPF_JMP | kind | BPF_K, value);
}

std::vector<sock_filter> FilterAssembler::take() {
    for (const Jump& jump : jumps_) {
        const std::size_t target = places_.at(jump.label);
        if (target == nowhere || target <= jump.from) throw Error("a filter of system calls has a jump to nowhere");
        const std::size_t distance = target - jump.from - 1;
        if (distance > std::numeric_limits<__u8>::max()) throw Error("a filter of system calls has too long a jump");
        (jump.if_so ? program_[jump.from].jt : program_[jump.from].jf) = static_cast<__u8>(distance);
    }
    return std::exchange(program_, {});
}

}  // namespace runtime

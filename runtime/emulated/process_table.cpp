#include "runtime/emulated/process_table.hpp"

#include <iterator>

#include "runtime/emulated/refusal.hpp"

namespace runtime::emulated {

void ProcessTable::start(pid_t number, Process process) {
    process.number = number;
    threads_[number] = std::make_shared<Process>(std::move(process));
}

void ProcessTable::add(pid_t maker, pid_t thread, pid_t process) {
    const auto known = threads_.find(maker);
    if (known == threads_.end()) return;
    if (process == known->second->number) {
        threads_[thread] = known->second;
        return;
    }
    auto made = std::make_shared<Process>(*known->second);
    made->number = process;
    threads_[thread] = std::move(made);
}

void ProcessTable::remove(pid_t thread) {
    threads_.erase(thread);
}

void ProcessTable::replace(pid_t thread, pid_t process) {
    const auto known = threads_.find(thread);
    if (known == threads_.end()) return;
    const std::shared_ptr<Process> kept = known->second;
    for (auto one = threads_.begin(); one != threads_.end();)
        one = one->second == kept ? threads_.erase(one) : std::next(one);
    threads_[process] = kept;
}

Process& ProcessTable::of(pid_t thread) const {
    const auto known = threads_.find(thread);
    if (known == threads_.end()) throw Refusal{ESRCH};
    return *known->second;
}

}  // namespace runtime::emulated

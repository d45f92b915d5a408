#include "runtime/sys/path_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

/// As many as the kernel follows (MAXSYMLINKS).
constexpr unsigned most_links = 40;

}  // namespace

std::string PathQueue::take() {
    std::string name = std::move(names_.front());
    names_.pop_front();
    return name;
}

bool PathQueue::follow(std::string_view target) {
    if (++links_ > most_links) throw Error("too many links in {}", quoted(whole_));
    put_first(target);
    return target.starts_with('/');
}

void PathQueue::put_first(std::string_view path) {
    std::deque<std::string> names;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end != 0 && path.substr(0, end) != ".") names.emplace_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    names_.insert(names_.begin(), std::make_move_iterator(names.begin()), std::make_move_iterator(names.end()));
}

}  // namespace runtime

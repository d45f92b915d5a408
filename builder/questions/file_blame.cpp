#include "builder/questions/file_blame.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using overlay::MergedEntry;
using runtime::Error;
using runtime::Fd;
using runtime::quoted;

/// What one layer alone says of a path.
struct LayerTrace {
    bool hides_below = false;  ///< what the layers below have there is not seen through this one
    std::optional<MergedEntry> entry = std::nullopt;
};

/// `names` leads over no link. Nothing below the layer's folder is followed but folders.
LayerTrace trace_in(const StackedLayer& layer, std::size_t place, const std::vector<std::string>& names) {
    LayerTrace trace;
    auto folder = std::make_shared<const Fd>(runtime::open_path(layer.folder, O_RDONLY | O_DIRECTORY));
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto status = runtime::stat_at(*folder, names[i]);
        if (!status) return trace;
        trace.hides_below = trace.hides_below || !S_ISDIR(status->st_mode);
        const bool is_last = i + 1 == names.size();
        if (overlay::is_whiteout(*status) || (!is_last && !S_ISDIR(status->st_mode))) return trace;
        if (is_last) trace.entry = MergedEntry{*status, place, folder, names[i], std::nullopt};
        if (!S_ISDIR(status->st_mode)) return trace;
        folder = std::make_shared<const Fd>(runtime::open_at(*folder, names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        trace.hides_below = trace.hides_below || overlay::is_opaque(*folder, overlay::store_marks());
    }
    return trace;
}

/// From the bottom up, so that each layer is compared with what was there before it.
class EventFinder {
public:
    void add(std::size_t layer, LayerTrace trace) {
        if (!trace.entry) {
            if (trace.hides_below && std::exchange(now_, std::nullopt))
                events_.push_back({FileEvent::Kind::deleted, layer});
            return;
        }
        const auto before = std::exchange(now_, std::move(trace.entry));
        FileEvent event{FileEvent::Kind::added, layer, {}, now_->status};
        if (before) {
            event.difference = difference_of(*before, *now_);
            const bool is_emptied = now_->is_folder() && trace.hides_below;
            event.kind = event.difference.type || is_emptied ? FileEvent::Kind::replaced : FileEvent::Kind::changed;
            // A layer has each folder above what it changes, with the time of that.
            if (event.kind == FileEvent::Kind::changed &&
                !(now_->is_folder() ? event.difference.any_but_time() : event.difference.any()))
                return;
        }
        events_.push_back(std::move(event));
    }

    std::vector<FileEvent> take() { return std::move(events_); }

private:
    std::optional<MergedEntry> now_;
    std::vector<FileEvent> events_;
};

/// Where a file stands today in the place of a folder, what was below that folder is asked for as it is written.
overlay::ResolvedPath resolve(const overlay::LayeredView& view, const std::string& path) {
    try {
        return view.resolve(path, false);
    } catch (const Error&) {
        const std::vector<std::string> names = overlay::path_names(path);
        if (std::any_of(names.begin(), names.end(), [](const auto& name) { return name == ".." || name == "."; }))
            throw;
        return {fmt::format("{}", fmt::join(names, "/")), std::nullopt};
    }
}

}  // namespace

Blame blame_file(const FileStack& stack, const std::string& path) {
    const overlay::LayeredView view = stack.view();
    overlay::ResolvedPath found = resolve(view, path);
    const std::vector<std::string> names = overlay::path_names(found.path);
    if (names.empty())
        throw Error("{} is the root of {}: every layer makes it", quoted(path), quoted(stack.name))
            .with_hint(fmt::format("name a file in it; builder files {} lists what there is", stack.name));
    EventFinder finder;
    for (std::size_t layer = 0; layer < stack.layers.size(); ++layer)
        finder.add(layer, trace_in(stack.layers[layer], layer, names));
    Blame blame{"/" + found.path, std::move(found.entry), "", finder.take()};
    std::reverse(blame.events.begin(), blame.events.end());
    if (blame.events.empty())
        throw Error("there is no {} in {}, nor was there one in any of its layers", quoted(blame.path),
                    quoted(stack.name))
            .with_hint(nearest_path(view, found.path))
            .with_hint(fmt::format("builder files {} PATH lists a folder", stack.name));
    if (blame.entry && blame.entry->is_link()) blame.target = view.read_link(*blame.entry);
    return blame;
}

const char* name_of(FileEvent::Kind kind) noexcept {
    switch (kind) {
        case FileEvent::Kind::added:
            return "added";
        case FileEvent::Kind::changed:
            return "changed";
        case FileEvent::Kind::replaced:
            return "replaced";
        case FileEvent::Kind::deleted:
            return "deleted";
    }
    return "";
}

}  // namespace builder

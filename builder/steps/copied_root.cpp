#include "builder/steps/copied_root.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>

#include "builder/steps/mount_points.hpp"
#include "overlay/applied_layer.hpp"
#include "overlay/upper_merge.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {

using runtime::quoted;
using runtime::SystemError;

CopiedRoot::CopiedRoot(std::string place, const std::vector<std::string>& folders)
    : place_(std::move(place)), view_(folders, overlay::store_marks()) {}

bool CopiedRoot::exists(const std::string& place) {
    return ::access((place + "/moment").c_str(), F_OK) == 0;
}

void CopiedRoot::remove(const std::string& place) {
    const std::string marker = place + "/moment";
    if (::unlink(marker.c_str()) != 0 && errno != ENOENT) throw SystemError("cannot remove {}", quoted(marker));
    runtime::remove_tree(place);
}

void CopiedRoot::fill() const {
    runtime::make_folders(root(), 0755);
    overlay::copy_tree(view_, root());
    overlay::CopyMoment::mark(root(), marker());
}

void CopiedRoot::bring_up_to_date(const std::vector<std::string>& later) const {
    for (auto layer = later.rbegin(); layer != later.rend(); ++layer)
        overlay::apply_layer(*layer, root(), overlay::store_marks());
    overlay::CopyMoment::mark(root(), marker());
}

void CopiedRoot::collect(const std::string& upper, overlay::CopiedFiles files) const {
    overlay::collect_changes(root(), overlay::CopyMoment::read(marker()), view_, upper, files);
}

void CopiedRoot::merge_into(const std::string& upper, const overlay::LayeredView& below, layers::Store& store,
                            overlay::CopiedFiles files, const std::vector<runtime::MadePath>& made) const {
    // The next moment comes before the search: what changes meanwhile is found twice rather than never.
    const std::string next = marker() + ".next";
    overlay::CopyMoment::mark(root(), next);
    const layers::StagedLayer changes = store.staging().new_layer();
    collect(changes.diff_path(), files);
    remove_mount_points(changes.diff(), made, view_);
    const layers::StagedLayer merged = store.staging().new_layer();
    overlay::merge_uppers({{changes.diff_path(), true}, {upper, true}}, below, merged.diff_path());
    if (::renameat2(AT_FDCWD, merged.diff_path().c_str(), AT_FDCWD, upper.c_str(), RENAME_EXCHANGE) != 0)
        throw SystemError("cannot replace {}", quoted(upper));
    if (::rename(next.c_str(), marker().c_str()) != 0) throw SystemError("cannot replace {}", quoted(marker()));
}

std::string make_stub_folder(const layers::Store& store, const EtcStubs& etc) {
    const std::array<std::pair<bool, const char*>, 3> etc_files = {
        {{etc.hosts, "hosts"}, {etc.hostname, "hostname"}, {etc.resolver, "resolv.conf"}}};
    std::string stub = store.location().root + "/stub/run";
    for (const auto& [is_there, file] : etc_files)
        if (is_there) stub += fmt::format("-{}", file);
    if (::access((stub + "/complete").c_str(), F_OK) == 0) return stub + "/root";
    for (const char* folder : {"/root", "/root/run", "/root/etc"}) runtime::make_folders(stub + folder);
    const auto make = [&stub](const std::string& file) { runtime::open_path(stub + file, O_WRONLY | O_CREAT, 0644); };
    make("/root/run/.containerenv");
    for (const auto& [is_there, file] : etc_files)
        if (is_there) make(fmt::format("/root/etc/{}", file));
    make("/complete");
    return stub + "/root";
}

void copy_layers(runtime::RootSpec& layers, const layers::StagedLayer& staged) {
    const CopiedRoot copy(staged.path(), layers.lower_folders);
    copy.fill();
    layers.copy_folder = copy.root();
}

}  // namespace builder
